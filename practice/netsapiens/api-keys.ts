import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { loopback } from "../server/network.ts";
import type { Caller } from "./callers.ts";
import type { Company } from "./company.ts";
import { Refusal } from "./refusal.ts";

/** Whom a key is for: everybody, a reseller, a domain, a user (sheet, 4.4). */
export type KeyReach = "super" | "reseller" | "domain" | "user";

/** A key as it is set up. */
export interface ApiKeySetup {
	readonly reach: KeyReach;
	/** For domain and user keys. */
	readonly domain?: string;
	/** Extension, for user keys. */
	readonly user?: string;
	readonly description?: string;
	/** Rejects POST, PUT and DELETE. */
	readonly readonly?: boolean;
	/** The only address it works from; absent: any. */
	readonly ipAddress?: string;
	/** `message`, `messagesession`, `smsnumber`, `contact`, `device`, `presence`; absent: all. */
	readonly allowedModels?: readonly string[];
}

/** A key that was given out. */
export interface ApiKey extends ApiKeySetup {
	/** 60 characters: a secret. */
	readonly key: string;
	/** The first 12 of them. */
	readonly keyId: string;
	revoked: boolean;
}

const prefixes: Readonly<Record<KeyReach, string>> = {
	super: "nss_",
	reseller: "nsr_",
	domain: "nsd_",
	user: "nsu_",
};
const scopes: Readonly<Record<KeyReach, string>> = {
	super: "Super User",
	reseller: "Reseller",
	domain: "Office Manager",
	user: "Basic User",
};

/** All API keys; they do not expire. */
export class ApiKeys {
	readonly #company: Company;
	readonly #byKey = new Map<string, ApiKey>();

	constructor(company: Company) {
		this.#company = company;
	}

	add(setup: ApiKeySetup): ApiKey {
		const body = prefixes[setup.reach] + randomBytes(24).toString("hex");
		const key = body + crc32(body).toString(16).padStart(8, "0");
		const added: ApiKey = { ...setup, key, keyId: key.slice(0, 12), revoked: false };
		this.#byKey.set(key, added);
		return added;
	}

	find(key: string): ApiKey | null {
		const found = this.#byKey.get(key);
		return found === undefined || found.revoked ? null : found;
	}

	/** Who the holder is; throws 403 from another address than the key's. */
	caller(key: ApiKey): Caller {
		// Everybody who can reach a simulator is on this computer.
		if (key.ipAddress !== undefined && key.ipAddress !== loopback) throw new Refusal(403, "Forbidden");
		return {
			kind: "apikey",
			user:
				key.reach === "user"
					? (this.#company.find(`${key.user ?? ""}@${key.domain ?? ""}`) ?? null)
					: null,
			domain: key.domain ?? null,
			ownOnly: key.reach === "user",
			readonly: key.readonly ?? false,
			models: key.allowedModels ?? null,
			id: key.keyId,
		};
	}
}

/** What `GET /apikeys/~` tells of a key. */
export function describeKey(key: ApiKey): Readonly<Record<string, string | readonly string[]>> {
	return {
		description: key.description ?? "",
		"key-id": key.keyId,
		reseller: key.reach === "super" ? "*" : "Practice",
		domain: key.domain ?? "*",
		user: key.user ?? "*",
		"user-scope": scopes[key.reach],
		"ip-address": key.ipAddress ?? "*",
		readonly: key.readonly === true ? "yes" : "no",
		"can-create-keys": "no",
		"allowed-models": key.allowedModels ?? "*",
	};
}

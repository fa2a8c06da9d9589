import { parseJson } from "../rest/lossless-json.ts";
import type { KeptSecrets } from "./kept-secrets.ts";
import { sameMembers } from "./own-texts.ts";
import { isRow } from "./wire.ts";

/** So many renamed groups are remembered, the newest. */
const mostKept = 50;
const keptName = "groups";

/**
 * Groups that were begun here and got another id from the server (row 5): the key that core knows stays, the server's id
 * is what is asked for. Kept between runs.
 */
export class GroupIds {
	readonly #kept: Pick<KeptSecrets, "get" | "set">;
	/** Server id -> id in the key. */
	readonly #keys: Map<string, string>;
	/** Id in the key -> server id, of groups whose first text the server put into one that was there. */
	readonly #joined = new Map<string, string>();
	/** Id in the key -> members, of groups that have not been seen on the server yet. */
	readonly #expected = new Map<string, readonly string[]>();

	constructor(kept: Pick<KeptSecrets, "get" | "set">) {
		this.#kept = kept;
		this.#keys = new Map(readKept(kept.get(keptName)));
	}

	/** The id that the key has. */
	keyOf(serverId: string): string {
		return this.#keys.get(serverId) ?? serverId;
	}

	/** The id that the server has, where it gave the group another one. */
	serverIdOf(keyId: string): string | null {
		for (const [serverId, key] of this.#keys) if (key === keyId) return serverId;
		return this.#joined.get(keyId) ?? null;
	}

	/** A text for a group that is not on the server under this id. */
	expect(keyId: string, members: readonly string[]): void {
		this.#expected.set(keyId, members);
	}

	/** The group came to nothing. */
	unexpect(keyId: string): void {
		this.#expected.delete(keyId);
	}

	/** A session of a group that was not there before: it may be one of those. */
	adopt(serverId: string, members: readonly string[]): void {
		if (this.#expected.delete(serverId) || this.#keys.has(serverId)) return;
		for (const [keyId, expected] of this.#expected) {
			if (!sameMembers(expected, members)) continue;
			this.#redirect(keyId, serverId);
			return;
		}
	}

	/** What is written in this group goes into a session that is another conversation here. */
	join(keyId: string, serverId: string): void {
		this.#expected.delete(keyId);
		if (keyId !== serverId) this.#joined.set(keyId, serverId);
	}

	/** From now on the group of this key is that session. */
	#redirect(keyId: string, serverId: string): void {
		this.#expected.delete(keyId);
		this.#keys.set(serverId, keyId);
		const newest = [...this.#keys].slice(-mostKept);
		this.#kept.set({ [keptName]: JSON.stringify(newest) });
	}
}

function readKept(text: string | null): readonly (readonly [string, string])[] {
	if (text === null) return [];
	try {
		const value: unknown = parseJson(text);
		if (!Array.isArray(value) || isRow(value)) return [];
		return value.flatMap((pair: unknown) => {
			if (!Array.isArray(pair)) return [];
			const [server, key] = pair as unknown[];
			return typeof server === "string" && typeof key === "string" ? [[server, key] as const] : [];
		});
	} catch {
		return [];
	}
}

import * as v from "valibot";
import { type AppError, AppFailure, appError } from "../../../../shared/errors.ts";
import type { Line } from "../../../../shared/model.ts";
import { readAgentStates, wellKnownStates, type KnownState } from "./agent-states.ts";
import { GenesysRefusal, statusError } from "./envelope.ts";
import { segment, type Rest } from "./rest.ts";
import { devicesSchema, partialSchema, servicesSchema, type Device } from "./wire.ts";

/** What the account's extra fields say about logging in; null: the server's default. */
export interface LoginOptions {
	readonly place: string | null;
	readonly loginCode: string | null;
	readonly queue: string | null;
	/** Row 12: `["voice"]` unless a site needs more. */
	readonly channels?: readonly string[];
}

/** Device, agent state and session of the contact centre (sheet, sections 5.3 to 7). */
export class ContactCentre {
	readonly #rest: Rest;
	readonly #options: LoginOptions;

	constructor(rest: Rest, options: LoginOptions) {
		this.#rest = rest;
		this.#options = options;
	}

	/**
	 * StartContactCenterSession on this line. Resolves to warnings: partial success counts when `voice` is among
	 * what succeeded (row 12). Rejects with AppFailure in words for a device.
	 */
	async start(line: Line, signal?: AbortSignal): Promise<readonly AppError[]> {
		const { place, loginCode, queue, channels } = this.#options;
		try {
			const answer = await this.#rest.request({
				method: "POST",
				path: "/me",
				body: {
					operationName: "StartContactCenterSession",
					channels: channels ?? ["voice"],
					devicePath: line.id,
					...filled({ place, loginCode, queue }),
				},
				signal,
				urgent: true,
			});
			if (answer.statusCode === 0) return [];
			return partialWarnings(answer.body);
		} catch (thrown) {
			throw startFailure(thrown, line);
		}
	}

	/** Logs the agent out and ends the HTTP session: the very last request. */
	async end(signal: AbortSignal): Promise<void> {
		const body = { operationName: "EndContactCenterSession" };
		await this.#rest.request({ method: "POST", path: "/me", body, signal, urgent: true });
	}

	async setState(operationName: string, signal: AbortSignal): Promise<void> {
		await this.#rest.request({
			method: "POST",
			path: "/me/channels/voice",
			body: { operationName },
			signal,
			urgent: true,
		});
	}

	/** The site's agent states; the well-known ones where the list cannot be had. */
	async states(signal: AbortSignal): Promise<readonly KnownState[]> {
		try {
			const { body } = await this.#rest.request({
				method: "GET",
				path: "/settings/agent-states",
				signal,
				urgent: true,
			});
			return readAgentStates(body);
		} catch (thrown) {
			if (thrown instanceof GenesysRefusal) return wellKnownStates;
			throw thrown;
		}
	}

	/** Null: the answer has no list in it. */
	async devices(signal?: AbortSignal): Promise<readonly Device[] | null> {
		const { body } = await this.#rest.request({
			method: "GET",
			path: "/me/devices",
			query: { fields: "*" },
			signal,
			urgent: true,
		});
		const parsed = v.safeParse(devicesSchema, body);
		return parsed.success ? parsed.output.devices : null;
	}

	/** The annex of a DN; null when it may not or cannot be read (row 13). */
	async annex(deviceId: string, signal?: AbortSignal): Promise<unknown> {
		try {
			const path = `/me/devices/${segment(deviceId)}/settings/tserver`;
			return (await this.#rest.request({ method: "GET", path, signal, urgent: signal !== undefined }))
				.body;
		} catch {
			return null;
		}
	}

	/** False: every voice service is down; null: not known. */
	async voiceActive(signal?: AbortSignal): Promise<boolean | null> {
		const { body } = await this.#rest.request({
			method: "GET",
			path: "/services",
			query: { fields: "*" },
			signal,
		});
		const parsed = v.safeParse(servicesSchema, body);
		const voice = ((parsed.success ? parsed.output.services : null) ?? []).filter(
			(service) => service.type === "Voice",
		);
		return voice.length === 0 ? null : voice.some((service) => service.state !== "Inactive");
	}
}

function filled(fields: Readonly<Record<string, string | null>>): Record<string, string> {
	const entries = Object.entries(fields).flatMap(([name, value]) =>
		value === null || value.trim() === "" ? [] : [[name, value.trim()] as const],
	);
	return Object.fromEntries(entries);
}

function partialWarnings(body: unknown): readonly AppError[] {
	const parsed = v.safeParse(partialSchema, body);
	const failed = (parsed.success ? parsed.output.failed : null) ?? [];
	const succeeded = (parsed.success ? parsed.output.succeeded : null) ?? [];
	const voice = failed.find((entry) => entry.channel === "voice");
	if (!succeeded.some((entry) => entry.channel === "voice")) {
		const first = voice ?? failed[0];
		throw new AppFailure(
			first === undefined
				? appError("genesys.partial")
				: statusError(first.statusCode, first.statusMessage),
		);
	}
	const words = failed.map((entry) =>
		[entry.channel, entry.statusMessage].filter((part) => part !== null).join(": "),
	);
	return [appError("genesys.partial", { detail: words.join("; ") })];
}

function startFailure(thrown: unknown, line: Line): unknown {
	if (!(thrown instanceof GenesysRefusal)) return thrown;
	const { statusCode, error } = thrown;
	const detail = error.detail ?? "";
	const words = { params: { device: line.label }, detail };
	// No code is documented for a device of somebody else: those of "assign" and "in use", or the words, say it.
	if ([16, 17, 18, 19].includes(statusCode ?? 0) || /assigned to another|another user|in use/i.test(detail))
		return new AppFailure(appError("genesys.deviceTaken", words), { cause: thrown });
	if (statusCode === 6 && /device|place/i.test(detail) && !/login/i.test(detail))
		return new AppFailure(appError("line.unknown", { detail }), { cause: thrown });
	return thrown;
}

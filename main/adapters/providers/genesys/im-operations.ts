import * as v from "valibot";
import type { LineId } from "../../../../shared/ids.ts";
import type { Answer } from "./envelope.ts";
import { segment, type Rest } from "./rest.ts";
import { imSessionsSchema, oneImSessionSchema, type WireImSession } from "./wire.ts";

/** The IM Session API (sheet, section 9.3). Every operation rejects with GenesysRefusal or TransportFailure. */
export class ImOperations {
	readonly #rest: Rest;

	constructor(rest: Rest) {
		this.#rest = rest;
	}

	/** The reply names no session: it comes with a notification. */
	initiate(number: string, line: LineId, signal?: AbortSignal): Promise<Answer> {
		const body = {
			operationName: "InitiateIMSession",
			destination: { phoneNumber: number },
			devicePath: line,
		};
		return this.#rest.request({ method: "POST", path: "/me/im-sessions", body, signal, urgent: true });
	}

	/** All three fields are mandatory. */
	sendMessage(
		key: string,
		text: string,
		number: string,
		line: LineId,
		signal?: AbortSignal,
	): Promise<Answer> {
		return this.#operate(
			key,
			{ operationName: "SendMessage", text, destination: { phoneNumber: number }, devicePath: line },
			signal,
		);
	}

	complete(key: string, signal?: AbortSignal): Promise<Answer> {
		return this.#operate(key, { operationName: "Complete" }, signal);
	}

	/** An operation the documentation does not know but the server listed (row 2). */
	named(key: string, operationName: string, signal?: AbortSignal): Promise<Answer> {
		return this.#operate(key, { operationName }, signal);
	}

	/** For a key that is not there yet; one key a call (row 26). */
	attachUserData(key: string, name: string, value: unknown, signal?: AbortSignal): Promise<Answer> {
		return this.#operate(key, { operationName: "AttachUserData", userData: { [name]: value } }, signal);
	}

	/** For a key that is there; one key a call (row 26). */
	updateUserData(key: string, name: string, value: unknown, signal?: AbortSignal): Promise<Answer> {
		return this.#operate(key, { operationName: "UpdateUserData", userData: { [name]: value } }, signal);
	}

	deleteUserData(key: string, name: string, signal?: AbortSignal): Promise<Answer> {
		return this.#operate(key, { operationName: "DeleteUserData", key: name }, signal);
	}

	/** Every session the server has for this agent. */
	async list(signal?: AbortSignal): Promise<readonly WireImSession[] | null> {
		const { body } = await this.#rest.request({
			method: "GET",
			path: "/me/im-sessions",
			query: { fields: "*" },
			signal,
			urgent: true,
		});
		const parsed = v.safeParse(imSessionsSchema, body);
		return parsed.success ? parsed.output.imSessions : null;
	}

	/** One session; undocumented, so any failure is "not known". */
	async read(key: string, signal?: AbortSignal): Promise<WireImSession | null> {
		try {
			const path = `/me/im-sessions/${segment(key)}`;
			const { body } = await this.#rest.request({ method: "GET", path, signal });
			const parsed = v.safeParse(oneImSessionSchema, body);
			return parsed.success ? parsed.output.imSession : null;
		} catch {
			return null;
		}
	}

	#operate(key: string, body: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<Answer> {
		const path = `/me/im-sessions/${segment(key)}`;
		return this.#rest.request({ method: "POST", path, body, signal, urgent: true });
	}
}

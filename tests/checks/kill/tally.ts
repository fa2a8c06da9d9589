import type { ServerMessage } from "../../reference/ledger.ts";
import type { FileInspection, StoredMessage } from "./file-inspection.ts";

/** A text that was handed to the app. */
export interface Attempted {
	readonly clientId: string;
	readonly peer: string;
	readonly text: string;
	/** The app said that it has it. */
	acknowledged: boolean;
}

/** What the server, the file and the one who typed say, compared (as Jepsen's total-queue does). */
export interface Tally {
	/** Received messages of the server that the file has not, and texts that the app had taken and has not any more. */
	readonly lost: number;
	/** In the file or on the server, and written by nobody; or shown as sent, and the server has not got it. */
	readonly unexpected: number;
	/** Twice on the server, or twice in the file. */
	readonly duplicated: number;
	/** In doubt at the end: the server may or may not have it, and the person is asked. */
	readonly leftUnknown: number;
	/** Of these: the server has it. */
	readonly leftUnknownArrived: number;
	/** Neither settled nor in doubt: still on its way. */
	readonly unsettled: number;
	readonly failed: number;
	/** The first few things that are not as they should be, in words. */
	readonly problems: readonly string[];
}

export function tally(
	server: readonly Pick<ServerMessage, "id" | "direction" | "peer" | "text" | "key">[],
	file: FileInspection,
	attempted: ReadonlyMap<string, Attempted>,
): Tally {
	const problems: string[] = [];
	const count = { lost: 0, unexpected: 0, duplicated: 0 };
	const note = (what: keyof typeof count, words: string): void => {
		count[what] += 1;
		if (problems.length < 10) problems.push(`${what}: ${words}`);
	};
	const byRemoteId = grouped(file.messages, (one) => one.remoteId);
	const byClientId = grouped(file.messages, (one) => one.clientId);
	const ownByText = grouped(file.messages, (one) => (one.direction === "out" ? one.text : null));
	const serverIds = new Set(server.map(({ id }) => id));
	const copies = new Map<string, number>();
	for (const { direction, text } of server)
		if (direction === "out") copies.set(text, (copies.get(text) ?? 0) + 1);
	const texts = new Set([...attempted.values()].map(({ text }) => text));

	for (const { id, direction, text } of server) {
		const here = direction === "in" ? (byRemoteId.get(id) ?? []) : (ownByText.get(text) ?? []);
		if (here.length === 0) note("lost", `${id} "${text}" is not in the file`);
		if (here.length > 1)
			note("duplicated", `${id} "${text}" is ${String(here.length)} times in the file`);
		if (direction === "out" && !texts.has(text)) note("unexpected", `"${text}" was sent by nobody`);
	}
	for (const [text, number] of copies)
		if (number > 1) note("duplicated", `"${text}" is ${String(number)} times on the server`);
	for (const message of file.messages) {
		if (message.remoteId !== null && !serverIds.has(message.remoteId))
			note("unexpected", `${message.remoteId} is not on the server`);
		if (message.direction === "in" && message.remoteId === null)
			note("unexpected", `"${message.text}" has no id`);
		const isSent = message.state === "sent" || message.state === "delivered";
		if (isSent && !copies.has(message.text)) note("unexpected", `"${message.text}" is shown as sent`);
		if (message.clientId !== null && !attempted.has(message.clientId))
			note("unexpected", `${message.clientId} was typed by nobody`);
	}
	for (const [clientId, { acknowledged, text }] of attempted)
		if (acknowledged && !byClientId.has(clientId)) note("lost", `"${text}" was taken and is gone`);

	const own = file.messages.filter(({ direction }) => direction === "out");
	const unknown = own.filter(({ state }) => state === "unknown");
	return {
		...count,
		leftUnknown: unknown.length,
		leftUnknownArrived: unknown.filter(({ text }) => copies.has(text)).length,
		unsettled: own.filter(({ state }) => state === "queued" || state === "waiting" || state === "sending")
			.length,
		failed: own.filter(({ state }) => state === "failed").length,
		problems,
	};
}

function grouped(
	messages: readonly StoredMessage[],
	key: (message: StoredMessage) => string | null,
): ReadonlyMap<string, readonly StoredMessage[]> {
	const groups = new Map<string, StoredMessage[]>();
	for (const message of messages) {
		const name = key(message);
		if (name === null) continue;
		const group = groups.get(name);
		if (group === undefined) groups.set(name, [message]);
		else group.push(message);
	}
	return groups;
}

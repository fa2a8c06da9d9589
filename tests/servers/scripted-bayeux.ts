import { type ServerResponse, createServer } from "node:http";
import { type Listening, listen } from "./listen.ts";
import {
	type BayeuxRequest,
	RequestJournal,
	type RequestKind,
	type WireMessage,
	bodyOf,
	kindOf,
} from "./request-journal.ts";

/** How a request is answered in place of the usual. */
export type Script = (request: BayeuxRequest, response: ServerResponse) => void;

export interface ScriptedBayeux extends Listening {
	readonly url: string;
	readonly journal: RequestJournal;
	/** The next request of a kind is answered by `script`; several queue up. */
	next(kind: RequestKind, script: Script): void;
	/** Every request of a kind is, from now on; `undefined` returns to the usual. */
	always(kind: RequestKind, script: Script | undefined): void;
	/** Answers the poll that is held with these frames (objects or raw text) and its own reply. */
	push(...frames: readonly (object | string)[]): Promise<void>;
	/** The same, with `extra` mixed into the reply. */
	pushWith(extra: object, ...frames: readonly (object | string)[]): Promise<void>;
	/** Resolves when a poll is held. */
	held(): Promise<void>;
}

/** Replies `text` as a Bayeux answer. */
export function reply(text: string, status = 200, headers: Readonly<Record<string, string>> = {}): Script {
	return (_request, response) => {
		response
			.writeHead(status, { "Content-Type": "application/json;charset=UTF-8", ...headers })
			.end(text);
	};
}

/** The usual replies to a request, each with `extra` mixed in. */
export function usualReplies(request: BayeuxRequest, extra: object = {}): object[] {
	return request.messages.map(({ id, channel, subscription }) => ({
		id,
		channel,
		successful: true,
		...(subscription === undefined ? {} : { subscription }),
		...(channel === "/meta/handshake"
			? { clientId: "client", version: "1.0", supportedConnectionTypes: ["long-polling"] }
			: {}),
		...extra,
	}));
}

/** The usual replies with `extra` mixed in, as a script. */
export function replyWith(extra: object, ...before: readonly (object | string)[]): Script {
	return (request, response) => {
		const frames = [...before, ...usualReplies(request, extra)];
		reply(
			`[${frames.map((frame) => (typeof frame === "string" ? frame : JSON.stringify(frame))).join(",")}]`,
		)(request, response);
	};
}

/** A Bayeux server that does as it is told, for answers that no honest server gives. */
export async function startScriptedBayeux(): Promise<ScriptedBayeux> {
	const journal = new RequestJournal();
	const once = new Map<RequestKind, Script[]>();
	const fixed = new Map<RequestKind, Script>();
	let poll: { request: BayeuxRequest; response: ServerResponse } | undefined;
	let watchers: (() => void)[] = [];

	const usual: Script = (request, response) => {
		const isPoll = kindOf(request) === "connect" && request.messages[0]?.advice?.timeout !== 0;
		if (!isPoll) {
			replyWith({})(request, response);
			return;
		}
		poll = { request, response };
		response.on("close", () => {
			if (poll?.response === response) poll = undefined;
		});
		for (const watcher of watchers.splice(0)) watcher();
	};

	const server = createServer((incoming, response) => {
		void bodyOf(incoming).then((body) => {
			if (body === undefined) return;
			const messages = JSON.parse(body) as WireMessage[];
			const request: BayeuxRequest = { url: incoming.url ?? "", headers: incoming.headers, messages };
			const kind = kindOf(request);
			(once.get(kind)?.shift() ?? fixed.get(kind) ?? usual)(request, response);
			journal.add(request);
		});
	});
	const listening = await listen(server);
	const held = async (): Promise<void> => {
		while (poll === undefined) await new Promise<void>((resolve) => watchers.push(resolve));
	};
	const pushWith: ScriptedBayeux["pushWith"] = async (extra, ...frames) => {
		await held();
		const { request, response } = poll ?? never();
		poll = undefined;
		replyWith(extra, ...frames)(request, response);
	};
	return {
		...listening,
		url: `http://localhost:${String(listening.port)}/bayeux`,
		journal,
		held,
		pushWith,
		push: (...frames) => pushWith({}, ...frames),
		next(kind, script) {
			once.set(kind, [...(once.get(kind) ?? []), script]);
		},
		always(kind, script) {
			if (script === undefined) fixed.delete(kind);
			else fixed.set(kind, script);
		},
		async close() {
			watchers = [];
			await listening.close();
		},
	};
}

function never(): never {
	throw new Error("no poll is held");
}

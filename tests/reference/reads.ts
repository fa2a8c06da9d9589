import { type Ledger, newestFirst, type ServerMessage } from "./ledger.ts";
import type { WireMessage } from "./wire.ts";

export interface Answered {
	readonly status: number;
	readonly body: object;
	readonly headers?: Readonly<Record<string, string>>;
	/** Ids of messages in it, for the journal. */
	readonly ids?: readonly string[];
}

/** `GET /reference/heads?since&page`: conversations with messages since the cursor, newest first. */
export function heads(ledger: Ledger, query: URLSearchParams, pageSize: number): Answered {
	const since = query.get("since");
	const asked = query.get("page");
	// A page goes on below the last conversation of the one before, and keeps the first one's cursor.
	const [cursor, below] =
		asked === null
			? [`c${String(ledger.sequence)}`, null]
			: (JSON.parse(asked) as [string, { readonly at: number; readonly peer: string }]);
	const all = ledger.heads(since === null ? 0 : Number(since.slice(1)));
	const rest = below === null ? all : all.filter((head) => newestFirst(head, below) > 0);
	const found = rest.slice(0, pageSize);
	const next = rest.length > found.length ? JSON.stringify([cursor, found.at(-1)]) : null;
	return { status: 200, body: { heads: found, cursor, next } };
}

/** `GET /reference/messages?peer&from&limit`: one conversation, newest first. */
export function page(
	ledger: Ledger,
	query: URLSearchParams,
	wire: (message: ServerMessage) => WireMessage,
): Answered {
	const from = query.get("from");
	const limit = Math.min(500, Number(query.get("limit") ?? 100));
	const place = from === null ? null : (JSON.parse(from) as { at: number; id: string });
	const { messages, more } = ledger.before(query.get("peer") ?? "", place, limit);
	const oldest = messages[0];
	const next = more && oldest !== undefined ? JSON.stringify({ at: oldest.at, id: oldest.id }) : null;
	return {
		status: 200,
		body: { messages: messages.map(wire).reverse(), next },
		ids: messages.map(({ id }) => id),
	};
}

/** `GET /reference/changes?after`: what pollers are told; "end": nothing but where it ends now. */
export function changes(
	told: readonly ServerMessage[],
	from: string | null,
	wire: (message: ServerMessage) => WireMessage,
): Answered {
	const after = from === "end" ? told.length : Number(from ?? 0);
	const messages = told.slice(after, after + 200);
	return {
		status: 200,
		body: { messages: messages.map(wire), after: after + messages.length },
		ids: messages.map(({ id }) => id),
	};
}

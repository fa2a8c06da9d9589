import * as v from "valibot";

/** What passes between the reference server and its client. */

/** Pushed messages of either side. */
export const messageChannel = "/reference/messages";
/** The CometD endpoint, below the server's origin. */
export const bayeuxPath = "/reference/bayeux";

export const wireMessage = v.object({
	id: v.string(),
	peer: v.string(),
	direction: v.picklist(["in", "out"]),
	text: v.string(),
	at: v.number(),
	/** The idempotency key it was sent with, where the server honours keys. */
	key: v.nullable(v.string()),
});
export type WireMessage = v.InferOutput<typeof wireMessage>;

export const tokenAnswer = v.object({ token: v.string(), refresh: v.string() });
export const sendAnswer = v.object({ id: v.string(), at: v.number() });
export const headsAnswer = v.object({
	heads: v.array(v.object({ peer: v.string(), at: v.number() })),
	cursor: v.string(),
	next: v.nullable(v.string()),
});
export const pageAnswer = v.object({ messages: v.array(wireMessage), next: v.nullable(v.string()) });
export const changesAnswer = v.object({ messages: v.array(wireMessage), after: v.number() });

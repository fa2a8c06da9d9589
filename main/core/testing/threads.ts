import type { AttachmentLimits, ThreadFacts } from "../../../shared/model.ts";
import { plainThread } from "../../../shared/threads.ts";
import type { ProviderEvent } from "../ports/provider.ts";

export const limits: AttachmentLimits = {
	mostFiles: 2,
	mostBytes: 10,
	types: ["image/png", "application/pdf"],
	shrinks: false,
	byAddressOnly: null,
};

/** A system tells of a conversation. */
export function told(
	peer: string,
	more: Partial<ThreadFacts> = {},
): Extract<ProviderEvent, { type: "thread" }> {
	const facts = { ...plainThread("sms"), ...more };
	return { type: "thread", peer, address: peer, formatted: `(${peer})`, name: null, facts };
}

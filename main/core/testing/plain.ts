import { asClientMessageId, type AccountId, type ConversationId } from "../../../shared/ids.ts";
import type { Parsed } from "../../../shared/ipc/contract.ts";
import type { Credentials, OutgoingMessage, ProviderContext } from "../ports/provider.ts";
import { plainNumbers } from "./fake-ports.ts";

/** A text and nothing else. */
export function plainMessage(clientId: string, peer: string, text: string): OutgoingMessage {
	return {
		clientId: asClientMessageId(clientId),
		peer,
		text,
		thread: null,
		files: [],
		savedReply: null,
		at: null,
		retryOf: null,
	};
}

/** A password and nothing else. */
export function plainCredentials(server: string, userName: string, secret: string): Credentials {
	return { server, userName, secret, method: "password", code: null, options: {}, kept: {} };
}

/** What providers without files and numbers are given besides their network. */
export const plainContext: Pick<ProviderContext, "media" | "numbers" | "keep"> = {
	media: {
		fetch: () => Promise.reject(new Error("there are no files")),
		close: () => Promise.resolve(),
	},
	numbers: plainNumbers,
	keep: () => undefined,
};

/** What the window asks for one address on the chosen line. */
export function startWith(accountId: AccountId, address: string): Parsed<"conversations.start"> {
	return { accountId, addresses: [address], name: null, lineId: null, title: null };
}

/** What the window asks for texts alone. */
export function sendWith(
	conversationId: ConversationId,
	parts: Parsed<"messages.send">["parts"],
): Parsed<"messages.send"> {
	return { conversationId, parts, attachments: [], savedReply: null, at: null };
}

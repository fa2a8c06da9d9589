import type { PracticeClock } from "../clock.ts";
import type { Account } from "./accounts.ts";
import { type AttachmentRequest, attachmentProblem } from "./attachment-rules.ts";
import type { Contacts } from "./contacts.ts";
import type { Conversation, Conversations } from "./conversations.ts";
import { changedText, fillCustomFields } from "./custom-fields.ts";
import { afterLong, type Deliveries } from "./deliveries.ts";
import type { Files } from "./files.ts";
import { type Ids, iso } from "./identity.ts";
import type { Ledger } from "./ledger.ts";
import { isRetryable, type Message, type MessageAttachment } from "./messages.ts";
import { isNumber } from "./numbers.ts";
import type { OptOuts } from "./opt-outs.ts";
import { invalid, Refusal } from "./refusal.ts";
import type { SavedReply } from "./saved-replies.ts";
import type { RefusedSend, TextusSwitches } from "./switches.ts";
import type { User } from "./users.ts";

/** A message that a user wants sent to one number. */
export interface SendRequest {
	readonly account: Account;
	/** Null: written by no person. */
	readonly user: User | null;
	readonly to: string;
	/** The account's number to send from; null: the conversation's. */
	readonly from: string | null;
	readonly body: string;
	readonly savedReply: SavedReply | null;
	readonly attachment: AttachmentRequest | null;
	/** Milliseconds; null: now. */
	readonly scheduledAt: number | null;
}

interface SendingParts {
	readonly ids: Ids;
	readonly clock: PracticeClock;
	readonly switches: TextusSwitches;
	readonly contacts: Contacts;
	readonly optOuts: OptOuts;
	readonly conversations: Conversations;
	readonly deliveries: Deliveries;
	readonly files: Files;
	readonly ledger: Ledger;
	readonly isOwn: (url: string) => boolean;
}

/** Takes messages from agents and puts them on their way (sheet, 10). */
export class Sending {
	readonly #parts: SendingParts;

	constructor(parts: SendingParts) {
		this.#parts = parts;
	}

	/** Accepts a message to one number or refuses it. */
	one(request: SendRequest): Message {
		const refused = this.#objection(request);
		if (refused !== null && refused.how !== "failed") throw new Refusal(refused.how, refused.words);
		return this.#accept(request, refused?.words ?? null);
	}

	/** Accepts a message to several numbers, worked off later; who cannot be sent to: Q9. */
	several(request: Omit<SendRequest, "to">, numbers: readonly string[]): void {
		const { switches, clock } = this.#parts;
		const all = numbers.map((to) => ({ ...request, to }));
		if (switches.partialFailure === "refused") {
			for (const one of all) {
				const objection = this.#objection(one);
				if (objection !== null) throw invalid(objection.words);
			}
		}
		clock.after(switches.batchDelayMs, () => {
			for (const one of all) {
				const objection = this.#objection(one);
				if (objection === null) this.#accept(one, null);
				else if (switches.partialFailure === "failed" && isNumber(one.to))
					this.#accept(one, objection.words);
			}
		});
	}

	/** Tries a message again that failed (Q12). */
	retry(message: Message): void {
		const { switches, deliveries, conversations, clock } = this.#parts;
		if (!isRetryable(message, switches.failedRetryable)) throw invalid("Message cannot be retried");
		let again = message;
		if (switches.retryIdentity === "new") {
			const position = conversations.position(message.conversation);
			again = {
				...message,
				id: this.#parts.ids.next(),
				position,
				shownAt: position,
				latestEventAt: clock.now(),
			};
			message.replaced = true;
			conversations.addMessage(again);
		}
		this.#record(again, message.body, null, null, `/messages/${message.id}`);
		deliveries.start(again);
	}

	/** Why a message is not sent: a status at once, or later as `failed`. */
	#objection(request: SendRequest): { how: RefusedSend; words: string } | null {
		const { switches, optOuts, conversations } = this.#parts;
		const { account, to, body, attachment } = request;
		if (!isNumber(to)) return { how: 422, words: "To is invalid" };
		if (body.trim() === "" && attachment === null) return { how: 422, words: "Body can't be blank" };
		if (switches.bodyLimit !== null && body.length > switches.bodyLimit)
			return {
				how: 422,
				words: `Body is too long (maximum is ${String(switches.bodyLimit)} characters)`,
			};
		if (account.messagingRestricted)
			return {
				how: switches.restrictedSend,
				words: "Messaging is restricted until the 10DLC registration of the account is complete",
			};
		const conversation = conversations.latest(account, to);
		if (conversation?.blocked === true) return { how: switches.blockedSend, words: "Contact is blocked" };
		if (optOuts.find(account, to) !== null)
			return { how: switches.optedOutSend, words: "Contact has opted out" };
		if (conversation?.channel === "whatsapp" && switches.whatsAppSend !== "accepted")
			return { how: switches.whatsAppSend, words: "WhatsApp conversations need a template" };
		if (attachment === null || switches.attachmentCheck === "never") return null;
		const problem = attachmentProblem(attachment, this.#parts);
		if (problem === null) return null;
		return { how: switches.attachmentCheck === "later" ? "failed" : 422, words: problem };
	}

	#accept(request: SendRequest, failure: string | null): Message {
		const { conversations, deliveries, clock } = this.#parts;
		const { account, user, to, scheduledAt } = request;
		const text = this.#text(request);
		const conversation = conversations.open(account, to);
		if (request.from !== null) conversation.ownNumber = request.from;
		const position = conversations.position(conversation);
		const message: Message = {
			kind: "message",
			id: this.#parts.ids.next(),
			conversation,
			direction: "out",
			body: text,
			position,
			shownAt: scheduledAt ?? position,
			state: "scheduled",
			reason: null,
			latestEventAt: clock.now(),
			sender: user,
			attachments: this.#attachments(request),
			flags: scheduledAt !== null ? ["scheduled"] : user === null ? ["automated"] : [],
			source: "textus",
			attempts: 0,
			final: false,
			replaced: false,
		};
		conversations.addMessage(message);
		this.#record(message, request.body, request, scheduledAt, null);
		if (scheduledAt === null) deliveries.start(message, failure);
		else
			afterLong(clock, scheduledAt - clock.now(), () => {
				this.#leave(message, conversation);
			});
		return message;
	}

	/** A scheduled message's time has come. */
	#leave(message: Message, conversation: Conversation): void {
		const { conversations, deliveries, optOuts } = this.#parts;
		message.flags = [];
		message.position = conversations.position(conversation);
		message.shownAt = message.position;
		conversations.touch(conversation);
		const optedOut = optOuts.find(conversation.account, conversation.number) !== null;
		deliveries.start(message, optedOut ? "Contact has opted out" : null);
	}

	#text({ account, user, to, body }: SendRequest): string {
		const { contacts, conversations, switches } = this.#parts;
		const contact =
			conversations.latest(account, to)?.assignedContact ?? contacts.withNumber(account, to)[0] ?? null;
		return changedText(fillCustomFields(body, switches, { account, user, contact }), switches.textChange);
	}

	#attachments({ attachment, savedReply }: SendRequest): MessageAttachment[] {
		const { ids, files, switches } = this.#parts;
		const attachments: MessageAttachment[] = [];
		if (attachment !== null) {
			const { contentType, url } = attachment;
			attachments.push({ id: ids.next(), contentType, file: files.at(url), url });
		}
		if (switches.savedReplyAttaches) {
			for (const { contentType, file } of savedReply?.files ?? [])
				attachments.push({ id: ids.next(), contentType, file, url: null });
		}
		return attachments;
	}

	#record(
		message: Message,
		body: string,
		request: SendRequest | null,
		scheduledAt: number | null,
		retryOf: string | null,
	): void {
		const { ledger, clock } = this.#parts;
		const { conversation } = message;
		const savedReply = request?.savedReply ?? null;
		ledger.add({
			at: clock.now(),
			id: `/messages/${message.id}`,
			account: conversation.account.slug,
			from: conversation.ownNumber,
			to: conversation.number,
			body,
			sent: message.body,
			savedReply: savedReply === null ? null : `/saved_replies/${savedReply.id}`,
			attachment: request?.attachment ?? null,
			scheduledAt: scheduledAt === null ? null : iso(scheduledAt),
			sender: message.sender === null ? null : `/users/${message.sender.id}`,
			retryOf,
		});
	}
}

import { appError, type AppError, toAppError } from "../../../../shared/errors.ts";
import type { ClientMessageId } from "../../../../shared/ids.ts";
import type { OutgoingMessage, ProviderEvent, SendOutcome } from "../../../core/ports/provider.ts";
import { type Clock, type HttpResponse, TransportFailure } from "../../../core/ports/runtime.ts";
import { RestFailure } from "../rest/rest-failure.ts";
import { postOutcome } from "../rest/send-outcome.ts";
import type { Accounts } from "./accounts.ts";
import { type Api, segment } from "./api.ts";
import type { Book } from "./book.ts";
import type { Claims, Pending } from "./claims.ts";
import type { Follower } from "./follower.ts";
import { GroupSend } from "./group-send.ts";
import { type Key, keyOf, parseKey } from "./key.ts";
import { clockSlackMs } from "./news.ts";
import type { OptOuts } from "./opt-outs.ts";
import type { ReplyShelf } from "./replies.ts";
import { readAnswer, refusedOutcome } from "./send-answer.ts";
import { filesRefusal, messageBody, type SentFile } from "./send-body.ts";
import type { Resender } from "./resender.ts";
import { refusalOf } from "./thread.ts";
import type { Uploads } from "./upload.ts";

/** A message that the server took without telling its id is looked for so long (row 9), ms. */
const confirmWithinMs = 120_000;
/** A message that the server took has a time within so long, ms. */
const arrivesWithinMs = 15 * 60_000;
/** Groups whose texts may be sent once more. */
const mostGroups = 200;

export interface SenderParts {
	readonly server: string;
	readonly api: Api;
	readonly book: Book;
	readonly accounts: Accounts;
	readonly claims: Claims;
	readonly optOuts: OptOuts;
	readonly follower: Follower;
	readonly replies: ReplyShelf;
	readonly resender: Resender;
	/** Null: none is configured. */
	readonly uploads: Uploads | null;
	readonly clock: Clock;
	readonly tell: (events: readonly ProviderEvent[]) => void;
	/** The list of this account has news. */
	readonly soon: (slug: string) => void;
	/** The server has this message of ours in the conversation with this key. */
	readonly opened: (key: string, id: string) => void;
}

/**
 * Sends. There is no idempotency key (row 10): what may have arrived is never sent again by itself, it is looked for in
 * the timeline.
 *
 *   201 with a message -> accepted by its id          4xx -> refused, the server's words
 *   201 or 202 alone -> accepted, id found later      429, not reached -> automatic
 *         +--not seen within 2 minutes--> not confirmed     no answer, 5xx -> unknown, history is asked
 */
export class Sender {
	readonly #parts: SenderParts;
	readonly #groups = new Map<ClientMessageId, GroupSend>();
	readonly #timers = new Set<() => void>();

	constructor(parts: SenderParts) {
		this.#parts = parts;
	}

	async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
		const key = parseKey(message.peer);
		const refusal = key === null ? appError("peer.badAddress") : this.#refusal(key, message);
		if (key === null || refusal !== null) return refused(refusal ?? appError("peer.badAddress"));
		if (message.retryOf !== null)
			return await this.#parts.resender.resend(message.peer, message.retryOf, signal);
		const blocked = await this.#optedOut(key, signal);
		if (blocked !== null) return blocked;
		if (message.at !== null) return await this.#schedule(key, message, message.at, signal);
		const file = await this.#file(message, signal);
		if ("kind" in file) return file;
		return key.numbers.length > 1
			? await this.#toSeveral(key, message, file.file, signal)
			: await this.#toOne(key, message, file.file, signal);
	}

	close(): void {
		for (const cancel of this.#timers) cancel();
		this.#timers.clear();
	}

	// ------------------------------------------------------------ before anything leaves

	#refusal({ slug, numbers }: Key, message: OutgoingMessage): AppError | null {
		const { accounts, book, server, uploads, clock } = this.#parts;
		const account = accounts.get(slug);
		if (account === null) return appError("line.unknown");
		if (account.restricted) return appError("account.restricted");
		for (const number of numbers) {
			const known = book.current(keyOf(slug, number));
			const why = known === null ? null : refusalOf(known.wire, account);
			if (why !== null) return numbers.length === 1 ? why : { ...why, detail: number };
		}
		if (message.retryOf !== null) return null;
		if (message.text.trim() === "" && message.files.length === 0) return appError("message.empty");
		if (message.at !== null) {
			if (message.at <= clock.now()) return appError("schedule.past");
			// Only one number and a text are documented for it (sheet, 10.4).
			if (numbers.length > 1) return appError("schedule.notOffered");
			if (message.files.length > 0) return appError("attachment.notOffered");
		}
		return filesRefusal(message.files, { server, uploads: uploads !== null });
	}

	/** Opt-outs are enforced here, whatever the server would do (row 18). */
	async #optedOut({ slug, numbers }: Key, signal: AbortSignal): Promise<SendOutcome | null> {
		const { optOuts, soon } = this.#parts;
		try {
			const out = await optOuts.among(slug, numbers, signal);
			if (out.length === 0) return null;
			soon(slug);
			const detail = numbers.length > 1 ? out.join(", ") : undefined;
			return refused(appError("peer.optedOut", { detail }));
		} catch (thrown) {
			return notLeft(thrown);
		}
	}

	/** The file that goes along, at an address that the server can fetch. */
	async #file(
		message: OutgoingMessage,
		signal: AbortSignal,
	): Promise<SendOutcome | { readonly file: SentFile | null }> {
		const { replies, uploads, server } = this.#parts;
		const [file] = message.files;
		if (file === undefined)
			// Whether a saved reply brings its file along is not documented: assume that it does not (row 17).
			return { file: message.savedReply === null ? null : replies.fileOf(message.savedReply, server) };
		if (file.kind === "address") return { file: { media_url: file.address, content_type: file.type } };
		if (uploads === null) return refused(appError("attachment.byAddressOnly"));
		try {
			return { file: { media_url: await uploads.put(file, signal), content_type: file.type } };
		} catch (thrown) {
			return notLeft(thrown);
		}
	}

	// ------------------------------------------------------------ on its way

	async #toOne(
		{ slug, numbers: [to = ""] }: Key,
		message: OutgoingMessage,
		file: SentFile | null,
		signal: AbortSignal,
	): Promise<SendOutcome> {
		const { text, savedReply } = message;
		const pending = this.#begin(keyOf(slug, to), message, null);
		const body = messageBody({ to, text, savedReply, file });
		const outcome = await this.#post(`/${segment(slug)}/messages`, body, slug, signal);
		this.#settle(outcome, [pending], null);
		return outcome;
	}

	async #toSeveral(
		{ slug, numbers }: Key,
		message: OutgoingMessage,
		file: SentFile | null,
		signal: AbortSignal,
	): Promise<SendOutcome> {
		const { clientId, peer, text, savedReply } = message;
		// Sent once more, it goes only to those who are not known to have got it.
		const group = this.#groups.get(clientId) ?? new GroupSend({ clientId, peer, text, numbers });
		this.#keepGroup(group);
		const to = group.missing;
		if (to.length === 0) return { kind: "accepted", remoteId: null, at: null };
		const pending = to.map((number) => this.#begin(keyOf(slug, number), message, group));
		const body = messageBody({ to, text, savedReply, file });
		const outcome = await this.#post(`/${segment(slug)}/messages`, body, slug, signal);
		this.#settle(outcome, pending, group);
		// One of several has the id of nothing: the whole has none of its own.
		return outcome.kind === "accepted" ? { kind: "accepted", remoteId: null, at: null } : outcome;
	}

	async #schedule(
		{ slug, numbers: [to = ""] }: Key,
		message: OutgoingMessage,
		at: number,
		signal: AbortSignal,
	): Promise<SendOutcome> {
		const { accounts, book, tell } = this.#parts;
		const key = keyOf(slug, to);
		const from = book.current(key)?.wire.ownNumber ?? accounts.get(slug)?.numbers[0];
		// Which number it is to leave from has to be named, and none can be read.
		if (from === undefined) return refused(appError("schedule.notOffered"));
		const pending = this.#begin(key, message, null);
		const body = { from, to, body: message.text, scheduled_at: new Date(at).toISOString() };
		const outcome = await this.#post(`/${segment(slug)}/messages/schedule`, body, slug, signal);
		this.#settle(outcome, [pending], null);
		if (outcome.kind === "accepted" && outcome.remoteId !== null) {
			const { remoteId, at: place, text = message.text } = outcome;
			const { clientId } = message;
			const common = { peer: key, text, remoteId, clientId, stretch: null, at: place };
			tell([{ type: "ownMessage", ...common, state: "sent", scheduledAt: at }]);
			this.#parts.follower.follow(key, at);
		}
		return outcome;
	}

	#begin(key: string, { clientId, text }: OutgoingMessage, group: GroupSend | null): Pending {
		const { api, book, claims } = this.#parts;
		const known = book.current(key);
		const seen = known !== null && known.seen.size > 0 && Number.isFinite(known.newest);
		const newerThan = seen ? known.newest : api.earliestFromNow(clockSlackMs);
		const until = api.latestFromNow(arrivesWithinMs);
		return claims.begin({ clientId, key, text, newerThan, until, group });
	}

	async #post(
		path: string,
		body: Readonly<Record<string, unknown>>,
		slug: string,
		signal: AbortSignal,
	): Promise<SendOutcome> {
		const { api, soon } = this.#parts;
		const request = api.writing("POST", path, body, signal);
		const outcome = await postOutcome(api.rest, request, {
			accepted: (response: HttpResponse) => readAnswer(response, api.rest.words(response)),
			malformed: "accepted",
			refused: (response: HttpResponse) => refusedOutcome(response, api.rest.words(response)),
		});
		// What was refused may mean something for the conversation; what was taken is in the list.
		soon(slug);
		return outcome;
	}

	/** What the outcome means for what is still to be found. */
	#settle(outcome: SendOutcome, pending: readonly Pending[], group: GroupSend | null): void {
		const { claims, follower, opened } = this.#parts;
		const told = outcome.kind === "accepted" && group === null ? outcome.remoteId : null;
		for (const one of pending) {
			if (told !== null) {
				claims.end(one, told);
				opened(one.key, told);
			} else if (outcome.kind === "accepted" || outcome.kind === "unknown") claims.wait(one);
			else claims.end(one, null);
			if (outcome.kind === "accepted" || outcome.kind === "unknown") follower.anew(one.key);
		}
		if (outcome.kind === "accepted" && told === null) this.#confirmLater(pending, group);
	}

	/** The server took it: after a while without a trace of it the person is told (row 9). */
	#confirmLater(pending: readonly Pending[], group: GroupSend | null): void {
		const { clock, claims, tell } = this.#parts;
		const cancel = clock.after(confirmWithinMs, () => {
			this.#timers.delete(cancel);
			const [first] = pending;
			if (first === undefined || !pending.some((one) => claims.isWaiting(one))) return;
			const detail = group === null ? undefined : group.missing.join(", ");
			const error = appError("message.notConfirmed", { detail });
			tell([{ type: "deliveryFailed", clientId: first.clientId, error }]);
		});
		this.#timers.add(cancel);
	}

	#keepGroup(group: GroupSend): void {
		this.#groups.set(group.clientId, group);
		const [oldest] = this.#groups.keys();
		if (this.#groups.size > mostGroups && oldest !== undefined) this.#groups.delete(oldest);
	}
}

function refused(error: AppError): SendOutcome {
	return { kind: "rejected", error, retry: "byPerson" };
}

/** Something before the text itself did not work: the text has not left, whatever became of that. */
function notLeft(thrown: unknown): SendOutcome {
	const error = toAppError(thrown);
	const retryAfter = thrown instanceof RestFailure ? thrown.retryAfterMs : null;
	const soonBetter =
		thrown instanceof TransportFailure ||
		error.code === "http.overloaded" ||
		error.code === "auth.sessionExpired";
	return {
		kind: "rejected",
		error,
		retry: soonBetter ? "automatic" : "byPerson",
		...(retryAfter !== null && retryAfter > 0 ? { retryAfterMs: retryAfter } : {}),
	};
}

import { appError, type AppError, toAppError } from "../../../shared/errors.ts";
import type { ConversationId, EntryId } from "../../../shared/ids.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";
import type { EpochMs, NotificationRecord, WithheldReason } from "../../../shared/model.ts";
import type { Settings } from "../../../shared/settings.ts";
import type { Clock, Logger } from "../ports/runtime.ts";
import type { ConversationRecord } from "../ports/stores.ts";
import type { NotificationContent, Notifier } from "../ports/system.ts";
import { isMuted, peerName } from "../conversations/conversation-view.ts";
import type { NotificationLedger } from "./ledger.ts";
import { MissedMessages } from "./missed.ts";
import { decide, type Occasion } from "./policy.ts";

/** A conversation makes at most one sound in this time. */
export const soundEveryMs = 10_000;
/** A conversation's notification says something new at most this often. */
export const renewEveryMs = 1000;
/** More than `stormSize` notifications of different conversations within this time become one. */
export const stormMs = 3000;
export const stormSize = 5;

export interface CenterPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly notifier: Notifier;
	readonly ledger: NotificationLedger;
	readonly settings: () => Settings;
	readonly translate: () => Translate;
	readonly practice: boolean;
	readonly conversation: (id: ConversationId) => ConversationRecord | null;
	/** The window is in front and shows this conversation. */
	readonly looking: (id: ConversationId) => boolean;
	/** A notification was clicked; null: no conversation in particular. */
	readonly open: (id: ConversationId | null) => void;
	readonly notice: (error: AppError) => void;
}

/** A message from the peer that has just been stored. */
export interface News {
	readonly conversationId: ConversationId;
	readonly entryId: EntryId;
	readonly text: string;
	/** Who wrote it, in a conversation of several; null: the peer. */
	readonly author: string | null;
	/** How many came with it. */
	readonly files: number;
	readonly arrivedAt: EpochMs;
}

/** One that was told of within the last `stormMs`. */
interface Line {
	shownAt: number;
	/** The newest message since, to be shown when it may. */
	held: News | null;
	cancel: (() => void) | null;
}

/** What a line of the ledger is about. */
type About = Pick<NotificationRecord, "conversationId" | "entryId" | "kind" | "arrivedAt">;

/**
 * Tells the person what arrived: one live notification a conversation, and no storm. What each
 * message came to is in the ledger. A message costs a few look-ups and one line, however many there are.
 */
export class NotificationCenter {
	readonly #ports: CenterPorts;
	readonly #missed: MissedMessages;
	readonly #sounded = new Map<ConversationId, number>();
	readonly #lines = new Map<ConversationId, Line>();
	readonly #stormed = new Set<ConversationId>();
	#stormMessages = 0;
	#stormEnds: (() => void) | null = null;
	/** The person knows that nothing can be shown. */
	#saidUnavailable = false;
	#stopped = false;

	constructor(ports: CenterPorts) {
		this.#ports = ports;
		this.#missed = new MissedMessages(ports.clock, (id, messages) => this.#tellMissed(id, messages));
	}

	get ledger(): NotificationLedger {
		return this.#ports.ledger;
	}

	/** A message came in. */
	message(news: News): void {
		const record = this.#ports.conversation(news.conversationId);
		if (record === null || this.#stopped) return;
		const reason = this.#ports.looking(record.id) ? "focused" : isMuted(record) ? "muted" : null;
		if (reason !== null) {
			this.#note(aboutMessage(news), reason, false);
			return;
		}
		const now = this.#ports.clock.monotonic();
		const line = this.#lines.get(record.id);
		if (line !== undefined && now - line.shownAt < renewEveryMs) this.#hold(line, news, now);
		else if (this.#isStorm(record.id, now)) {
			this.#note(aboutMessage(news), "storm", false);
			this.#gather(record.id);
		} else this.#tell(record, occasionOf(record, news), aboutMessage(news));
	}

	/** A message was made up for after an outage: one quiet line a conversation, when no more come. */
	missed({
		conversationId,
		entryId,
		arrivedAt,
	}: Pick<News, "conversationId" | "entryId" | "arrivedAt">): void {
		if (!this.#stopped) this.#missed.add(conversationId, { entryId, arrivedAt });
	}

	begun(conversationId: ConversationId): void {
		const record = this.#ports.conversation(conversationId);
		if (record === null || this.#stopped) return;
		const arrivedAt = this.#ports.clock.now();
		this.#tell(record, { kind: "begun" }, { conversationId, entryId: null, kind: "begun", arrivedAt });
	}

	sendProblem(conversationId: ConversationId, entryId: EntryId, outcome: "failed" | "unknown"): void {
		const record = this.#ports.conversation(conversationId);
		if (record === null || this.#stopped) return;
		const about = {
			conversationId,
			entryId,
			kind: "sendProblem",
			arrivedAt: this.#ports.clock.now(),
		} as const;
		this.#tell(record, { kind: "sendProblem", outcome }, about);
	}

	/** About an account or the app; told whatever the window shows. Resolves null when it was shown. */
	async announce(key: string, content: NotificationContent): Promise<WithheldReason | null> {
		const { practice, translate, clock } = this.#ports;
		const title = practice
			? translate()("notify.practiceTitle", { title: content.title })
			: content.title;
		const arrivedAt = clock.now();
		const withheld = await this.#show(key, { ...content, title }, () => this.#ports.open(null));
		const about = { conversationId: null, entryId: null, kind: "announcement", arrivedAt } as const;
		this.#note(about, withheld, withheld === null && !content.silent);
		return withheld;
	}

	/** The person has read it: its notification says nothing new. */
	seen(conversationId: ConversationId): void {
		this.#stormed.delete(conversationId);
		this.#dropHeld(conversationId);
		for (const message of this.#missed.take(conversationId))
			this.#note(aboutMessage({ ...message, conversationId }), "focused", false);
		this.#ports.notifier.close(conversationId);
	}

	withdraw(key: string): void {
		this.#ports.notifier.close(key);
	}

	stop(): void {
		this.#stopped = true;
		this.#stormEnds?.();
		this.#missed.stop();
		for (const line of this.#lines.values()) line.cancel?.();
		this.#ports.notifier.closeAll();
	}

	#tell(record: ConversationRecord, occasion: OccasionOf, about: About): void {
		this.#background(this.#decide(record, occasion, [about]));
	}

	#tellMissed(
		conversationId: ConversationId,
		messages: readonly { readonly entryId: EntryId; readonly arrivedAt: EpochMs }[],
	): void {
		const record = this.#ports.conversation(conversationId);
		if (record === null) return;
		const abouts = messages.map((message) => aboutMessage({ ...message, conversationId }));
		// Read in the meantime: there is nothing left to tell.
		const read = this.#ports.looking(conversationId) ? "focused" : "superseded";
		if (record.unread === 0) for (const about of abouts) this.#note(about, read, false);
		else this.#background(this.#decide(record, { kind: "missed", count: messages.length }, abouts));
	}

	async #decide(record: ConversationRecord, occasion: OccasionOf, abouts: readonly About[]): Promise<void> {
		const { clock, settings, practice, looking, translate } = this.#ports;
		const { id } = record;
		const now = clock.monotonic();
		const decision = decide(
			{ ...occasion, name: peerName(record) },
			{
				looking: looking(id),
				muted: isMuted(record),
				storm: this.#isStorm(id, now),
				soundedLately: now - (this.#sounded.get(id) ?? -Infinity) < soundEveryMs,
				practice,
				settings: settings(),
			},
			translate(),
		);
		if (!decision.show) {
			for (const about of abouts) this.#note(about, decision.reason, false);
			if (decision.reason === "storm") this.#gather(id);
			return;
		}
		const { content } = decision;
		if (occasion.kind === "message" || occasion.kind === "missed") this.#shownNow(id, now);
		if (!content.silent) this.#sounded.set(id, now);
		const withheld = await this.#show(id, content, () => this.#ports.open(id));
		for (const about of abouts) this.#note(about, withheld, withheld === null && !content.silent);
	}

	#shownNow(id: ConversationId, now: number): void {
		const line = this.#lines.get(id);
		if (line === undefined) this.#lines.set(id, { shownAt: now, held: null, cancel: null });
		else line.shownAt = now;
	}

	/** It waits for its turn; the one that waited says nothing new any more. */
	#hold(line: Line, news: News, now: number): void {
		if (line.held !== null) this.#note(aboutMessage(line.held), "superseded", false);
		line.held = news;
		line.cancel ??= this.#ports.clock.after(line.shownAt + renewEveryMs - now, () => {
			const { held } = line;
			line.cancel = null;
			line.held = null;
			if (held !== null) this.message(held);
		});
	}

	#dropHeld(id: ConversationId): void {
		const line = this.#lines.get(id);
		if (line?.held == null) return;
		this.#note(aboutMessage(line.held), "superseded", false);
		line.held = null;
		line.cancel?.();
		line.cancel = null;
	}

	async #show(
		key: string,
		content: NotificationContent,
		onClick: () => void,
	): Promise<WithheldReason | null> {
		const shown = await this.#ports.notifier.show(key, content, onClick).catch(() => "failed" as const);
		if (shown === "shown") {
			this.#saidUnavailable = false;
			return null;
		}
		// Once: with each message it would come back as often as it is put away.
		if (shown === "noDaemon" && !this.#saidUnavailable) {
			this.#saidUnavailable = true;
			this.#ports.notice(appError("notifications.unavailable"));
		}
		return shown === "denied" ? "permission" : shown;
	}

	#isStorm(conversationId: ConversationId, now: number): boolean {
		for (const [id, line] of this.#lines)
			if (line.held === null && now - line.shownAt >= stormMs) this.#lines.delete(id);
		return !this.#lines.has(conversationId) && this.#lines.size >= stormSize;
	}

	/** What is held back during a storm is told as one number when it is over. */
	#gather(conversationId: ConversationId): void {
		this.#stormed.add(conversationId);
		this.#stormEnds ??= this.#ports.clock.after(stormMs, () => {
			this.#stormEnds = null;
			const count = this.#stormed.size;
			this.#stormed.clear();
			this.#ports.logger.info("notify.storm", { conversations: count, messages: this.#stormMessages });
			this.#stormMessages = 0;
			if (count === 0) return;
			const translate = this.#ports.translate();
			const body = translate("notify.summary", { count });
			const content = { title: translate("app.name"), body, silent: true, urgent: false };
			this.#background(this.announce("summary", content));
		});
	}

	#note(about: About, withheld: WithheldReason | null, sound: boolean): void {
		const { conversationId, entryId, kind, arrivedAt } = about;
		const at = this.#ports.clock.now();
		this.#ports.ledger.note({ conversationId, entryId, kind, arrivedAt, at, withheld, sound });
		// Thousands of lines that say the same would only push the others out of the log.
		if (withheld === "storm") this.#stormMessages += 1;
		else
			this.#ports.logger.info(withheld === null ? "notify.shown" : "notify.withheld", {
				conversation: conversationId,
				kind,
				reason: withheld,
			});
	}

	#background(work: Promise<unknown>): void {
		work.catch((thrown: unknown) =>
			this.#ports.logger.error("notify.failed", { error: toAppError(thrown) }),
		);
	}
}

/** In a group it matters who wrote. */
function occasionOf({ thread }: ConversationRecord, { text, author, files }: News): OccasionOf {
	return { kind: "message", text, author: thread?.group == null ? null : author, files, own: false };
}

function aboutMessage({
	conversationId,
	entryId,
	arrivedAt,
}: Pick<News, "conversationId" | "entryId" | "arrivedAt">): About {
	return { conversationId, entryId, kind: "message", arrivedAt };
}

type OccasionOf = Occasion extends infer One ? (One extends Occasion ? Omit<One, "name"> : never) : never;

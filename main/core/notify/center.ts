import { appError, type AppError } from "../../../shared/errors.ts";
import type { ConversationId } from "../../../shared/ids.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";
import type { EpochMs } from "../../../shared/model.ts";
import type { Settings } from "../../../shared/settings.ts";
import type { Clock, Logger } from "../ports/runtime.ts";
import type { ConversationRecord } from "../ports/stores.ts";
import type { NotificationContent, Notifier } from "../ports/system.ts";
import { peerName } from "../conversations/conversation-view.ts";
import { decide, type Occasion, type Withheld } from "./policy.ts";

/** A conversation makes at most one sound in this time. */
export const soundEveryMs = 10_000;
/** More than `stormSize` notifications of different conversations within this time become one. */
export const stormMs = 3000;
export const stormSize = 5;
const ledgerSize = 500;

/** What was told or not, and why; never what it said. */
export interface LedgerLine {
	readonly at: EpochMs;
	/** Null: about an account or the app. */
	readonly conversationId: ConversationId | null;
	readonly kind: Occasion["kind"] | "announcement";
	/** Null: shown. */
	readonly withheld: Withheld | null;
}

export interface CenterPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly notifier: Notifier;
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

/** Tells the person what arrived: one live notification a conversation, and no storm. */
export class NotificationCenter {
	readonly #ports: CenterPorts;
	readonly #ledger: LedgerLine[] = [];
	readonly #sounded = new Map<ConversationId, number>();
	/** When each conversation was last told of, within the last `stormMs`. */
	readonly #recent = new Map<ConversationId, number>();
	readonly #stormed = new Set<ConversationId>();
	#stormEnds: (() => void) | null = null;
	/** The person knows that nothing can be shown. */
	#saidUnavailable = false;

	constructor(ports: CenterPorts) {
		this.#ports = ports;
	}

	/** "Why didn't it ring?" Oldest first. */
	get ledger(): readonly LedgerLine[] {
		return this.#ledger;
	}

	/** How many of the ledger's lines were shown, or withheld for each reason. */
	tally(): Readonly<Record<string, number>> {
		const counts: Record<string, number> = {};
		for (const { withheld } of this.#ledger) {
			const outcome = withheld ?? "shown";
			counts[outcome] = (counts[outcome] ?? 0) + 1;
		}
		return counts;
	}

	async tell(conversationId: ConversationId, occasion: OccasionOf): Promise<void> {
		const record = this.#ports.conversation(conversationId);
		if (record === null) return;
		const { clock, settings, practice, looking, translate } = this.#ports;
		const now = clock.monotonic();
		const full: Occasion = { ...occasion, name: peerName(record) };
		const storm = this.#isStorm(conversationId, now);
		const decision = decide(
			full,
			{
				looking: looking(conversationId),
				muted: record.muted,
				storm,
				soundedLately: now - (this.#sounded.get(conversationId) ?? -Infinity) < soundEveryMs,
				practice,
				settings: settings(),
			},
			translate(),
		);
		if (!decision.show) {
			this.#note(conversationId, full.kind, decision.reason);
			if (decision.reason === "storm") this.#gather(conversationId);
			return;
		}
		this.#recent.set(conversationId, now);
		if (!decision.content.silent) this.#sounded.set(conversationId, now);
		const open = (): void => this.#ports.open(conversationId);
		this.#note(conversationId, full.kind, await this.#show(conversationId, decision.content, open));
	}

	/** About an account or the app; told whatever the window shows. */
	async announce(key: string, content: NotificationContent): Promise<void> {
		const { practice, translate } = this.#ports;
		const title = practice
			? translate()("notify.practiceTitle", { title: content.title })
			: content.title;
		const withheld = await this.#show(key, { ...content, title }, () => this.#ports.open(null));
		this.#note(null, "announcement", withheld);
	}

	/** The person has read it: its notification says nothing new. */
	seen(conversationId: ConversationId): void {
		this.#stormed.delete(conversationId);
		this.#ports.notifier.close(conversationId);
	}

	withdraw(key: string): void {
		this.#ports.notifier.close(key);
	}

	stop(): void {
		this.#stormEnds?.();
		this.#ports.notifier.closeAll();
	}

	async #show(key: string, content: NotificationContent, onClick: () => void): Promise<Withheld | null> {
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
		for (const [id, at] of this.#recent) if (now - at >= stormMs) this.#recent.delete(id);
		return !this.#recent.has(conversationId) && this.#recent.size >= stormSize;
	}

	/** What is held back during a storm is told as one number when it is over. */
	#gather(conversationId: ConversationId): void {
		this.#stormed.add(conversationId);
		this.#stormEnds ??= this.#ports.clock.after(stormMs, () => {
			this.#stormEnds = null;
			const count = this.#stormed.size;
			this.#stormed.clear();
			if (count === 0) return;
			const translate = this.#ports.translate();
			const body = translate("notify.summary", { count });
			const content = { title: translate("app.name"), body, silent: true, urgent: false };
			this.announce("summary", content).catch(() => undefined);
		});
	}

	#note(conversationId: ConversationId | null, kind: LedgerLine["kind"], withheld: Withheld | null): void {
		this.#ledger.push({ at: this.#ports.clock.now(), conversationId, kind, withheld });
		if (this.#ledger.length > ledgerSize) this.#ledger.shift();
		this.#ports.logger.info(withheld === null ? "notify.shown" : "notify.withheld", {
			conversation: conversationId,
			kind,
			reason: withheld,
		});
	}
}

type OccasionOf = Occasion extends infer One ? (One extends Occasion ? Omit<One, "name"> : never) : never;

import type { AccountId } from "../../../shared/ids.ts";
import type { ConnectionState, EpochMs } from "../../../shared/model.ts";
import type { Clock } from "../ports/runtime.ts";

/** No sign of life for this long, while awake, is an outage. */
export const silentForMs = 60_000;
/** What an answer may take beyond the permitted silence, in ms. */
const answerMs = 15_000;
/** How often signs of life are looked at: an outage is seen at most this much later. */
export const lookEveryMs = 5000;

export interface Reception {
	readonly state: ConnectionState;
	/** Wall time of the last sign; only whether it moved is used. */
	readonly lastSign: EpochMs | null;
	/** How long the server may say nothing while all is well, in ms; an answer takes a little longer. */
	readonly quietMs: number;
}

export type OutageReason = "signIn" | "silent";

export interface OutagePorts {
	readonly clock: Clock;
	readonly accounts: () => readonly AccountId[];
	readonly reception: (id: AccountId) => Reception | null;
	/** Once an outage. */
	readonly began: (id: AccountId, reason: OutageReason) => void;
	/** The account receives again. */
	readonly ended: (id: AccountId) => void;
	/** Which accounts are out is different now. */
	readonly changed: () => void;
}

interface Watch {
	lastSign: EpochMs | null;
	/** Monotonic time of the last sign, or of the last moment from which silence counts. */
	heard: number;
	outage: OutageReason | null;
}

/**
 * Notices when an account stops receiving.
 *
 *   receiving --needs sign-in--> out (signIn) --+
 *       ^  +--silent for 60 s--> out (silent) --+
 *       +------ online, and a new sign ---------+
 *
 * A system may be quiet for longer in good order (a poll held for its full time): that is no outage
 * while it is online. While it is not, signs do not count: a server that answers questions, but
 * from which no messages come, is not received from.
 *
 * Silence is counted on the monotonic clock, so that setting the computer's clock means nothing,
 * and only while awake: after a wake, and after a look that came far too late (a sleep that
 * nobody reported), counting starts anew.
 */
export class OutageWatch {
	readonly #ports: OutagePorts;
	readonly #watches = new Map<AccountId, Watch>();
	#cancel: (() => void) | null = null;
	#looked: number;
	#asleep = false;

	constructor(ports: OutagePorts) {
		this.#ports = ports;
		this.#looked = ports.clock.monotonic();
	}

	get out(): readonly AccountId[] {
		return [...this.#watches].filter(([, watch]) => watch.outage !== null).map(([id]) => id);
	}

	start(): void {
		this.#plan();
	}

	stop(): void {
		this.#cancel?.();
		this.#cancel = null;
	}

	sleep(): void {
		this.#asleep = true;
		this.stop();
	}

	wake(): void {
		this.#asleep = false;
		this.#countAnew();
		this.#plan();
	}

	/** Looks now; run it also when an account's connection changed. */
	look(): void {
		if (this.#asleep) return;
		const now = this.#ports.clock.monotonic();
		if (now - this.#looked > 3 * lookEveryMs) this.#countAnew();
		this.#looked = now;
		const accounts = this.#ports.accounts();
		for (const id of this.#watches.keys()) {
			if (!accounts.includes(id)) this.#forget(id);
		}
		for (const id of accounts) this.#check(id, now);
	}

	#check(id: AccountId, now: number): void {
		const reception = this.#ports.reception(id);
		if (reception === null) return;
		const watch = this.#watches.get(id) ?? { lastSign: null, heard: now, outage: null };
		this.#watches.set(id, watch);
		if (reception.state === "online" && reception.lastSign !== watch.lastSign) {
			watch.lastSign = reception.lastSign;
			watch.heard = now;
		}
		const reason = outageOf(reception, now - watch.heard);
		if (reason !== null && watch.outage === null) {
			watch.outage = reason;
			this.#ports.began(id, reason);
			this.#ports.changed();
		} else if (reason === null && watch.outage !== null && reception.state === "online") {
			watch.outage = null;
			this.#ports.ended(id);
			this.#ports.changed();
		}
	}

	#forget(id: AccountId): void {
		const watch = this.#watches.get(id);
		this.#watches.delete(id);
		if (watch?.outage !== null) this.#ports.changed();
	}

	#countAnew(): void {
		const now = this.#ports.clock.monotonic();
		this.#looked = now;
		// An outage goes on until something is heard.
		for (const watch of this.#watches.values()) if (watch.outage === null) watch.heard = now;
	}

	#plan(): void {
		this.#cancel?.();
		this.#cancel = this.#ports.clock.after(lookEveryMs, () => {
			this.look();
			this.#plan();
		});
	}
}

function outageOf({ state, quietMs }: Reception, silentMs: number): OutageReason | null {
	if (state === "needsSignIn") return "signIn";
	if (state === "signedOut") return null;
	const allowed = state === "online" ? Math.max(silentForMs, quietMs + answerMs) : silentForMs;
	return silentMs >= allowed ? "silent" : null;
}

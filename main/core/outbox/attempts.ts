import { type AppError, toAppError } from "../../../shared/errors.ts";
import type { AccountId } from "../../../shared/ids.ts";
import type { Delivery } from "../../../shared/model.ts";
import { type BackoffLimits, backoffDelay } from "../accounts/backoff.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import type { Capabilities, OutgoingMessage, SendOutcome } from "../ports/provider.ts";
import type { Clock, Logger, Random } from "../ports/runtime.ts";
import { checking, type Happening } from "./delivery.ts";
import { type DeliveryStates, held } from "./delivery-states.ts";
import { outgoingOf, type OutgoingPorts } from "./outgoing.ts";
import type { Gate, Queues } from "./queues.ts";
import type { Reconciliation } from "./reconciliation.ts";
import type { Flight, Job, SendQueue } from "./send-queue.ts";

/** How the tries of one text are spread out. */
const attemptBackoff: BackoffLimits = { baseMs: 500, capMs: 60_000 };

/** What a system can do for a text in doubt. */
export type Remedies = Pick<Capabilities, "history" | "idempotentSend"> &
	/** It tries a failed message again as the same one; left out: it does not. */
	Partial<Pick<Capabilities, "retries">>;

export interface AttemptPorts {
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly queues: Queues;
	readonly states: DeliveryStates;
	readonly reconciliation: Reconciliation;
	readonly gate: (accountId: AccountId) => Gate;
	readonly send: (accountId: AccountId, message: OutgoingMessage) => Promise<SendOutcome>;
	readonly remedies: (accountId: AccountId) => Remedies;
	readonly book: ConversationBook;
	readonly refusal: OutgoingPorts["refusal"];
	/** Calling the peer of this queue came to nothing: what rests in it fails. */
	readonly unreachable: (queue: SendQueue, error: AppError) => Promise<void>;
	/** The server wants this account to wait. */
	readonly pause: (accountId: AccountId, ms: number) => void;
	/** A text landed, or may go now. */
	readonly changed: (queue: SendQueue) => void;
}

/**
 * One try of one text, from the mark on disk to the outcome on disk.
 *
 *   marked --handed over--> accepted, refused -> out of the queue
 *      |                    notYet            -> held until a poke
 *      |                    automatic         -> held for a while (full jitter, Retry-After)
 *      |                    unknown           -> the same with the same client id, where the server knows it by that
 *      |                                      -> out of the queue, and the server's history is asked
 *      |                                      -> out of the queue, and the person is asked
 *      +--gate closed meanwhile--> held
 */
export class Attempts {
	readonly #ports: AttemptPorts;

	constructor(ports: AttemptPorts) {
		this.#ports = ports;
	}

	/** The text in flight of this queue. `marked`: its mark is on disk already. Never rejects. */
	async fly(queue: SendQueue, flight: Flight, marked: boolean): Promise<void> {
		const { queues, states, logger, changed } = this.#ports;
		const { job } = flight;
		try {
			if (marked || (await states.mark(job))) await this.#try(queue, flight);
			else queue.drop(job);
		} catch (thrown) {
			// The app stops, or a fault of ours. What was handed over is never tried again on its own.
			logger.error("outbox.attempt", { error: toAppError(thrown) });
			if (flight.handedOver || marked) queue.drop(job);
			else queue.hold = { kind: "storage" };
		} finally {
			queues.landed(queue);
			changed(queue);
		}
	}

	async #try(queue: SendQueue, flight: Flight): Promise<void> {
		const outcome = await this.#send(queue, flight);
		if (!(await this.#land(queue, flight, outcome))) queue.drop(flight.job);
	}

	async #send(queue: SendQueue, flight: Flight): Promise<SendOutcome> {
		const { retries = false } = this.#ports.remedies(queue.accountId);
		const made = outgoingOf(this.#ports, queue, flight.job, retries);
		const outgoing = made instanceof Promise ? await made : made;
		if (outgoing.kind === "outcome") return outgoing.outcome;
		const gate = this.#ports.gate(queue.accountId);
		if (!gate.open || this.#ports.queues.stopped)
			return { kind: "notYet", reason: (gate.open ? null : gate.reason) ?? "offline" };
		flight.handedOver = true;
		try {
			return await this.#ports.send(queue.accountId, outgoing.message);
		} catch (thrown) {
			// The port says it does not reject; if it does, nothing is known.
			return { kind: "unknown", error: toAppError(thrown) };
		}
	}

	/** Keeps the outcome. True: the text stays in its queue. */
	async #land(queue: SendQueue, flight: Flight, outcome: SendOutcome): Promise<boolean> {
		const { states } = this.#ports;
		const { job } = flight;
		switch (outcome.kind) {
			case "accepted":
				await states.keep(job.entryId, { kind: "accepted" }, outcome);
				return false;
			case "unknown":
				return await this.#doubt(queue, job, outcome.error);
			case "rejected":
				if (repeats(job, outcome) && (flight.unreachable === null || job.doubtful)) {
					this.#ports.logger.info("outbox.heldBack", { error: outcome.error });
					if (!(await this.#stays(job, "retrying"))) return false;
					this.#waitOut(queue, job, outcome.retryAfterMs);
					return true;
				}
				await states.keep(job.entryId, {
					kind: "refused",
					error: outcome.error,
					retryAllowed: outcome.retry !== "never",
				});
				// What was written after it was meant for the session that is over: calling back is the person's choice.
				if (outcome.error.code === "message.sessionEnded")
					await this.#ports.unreachable(queue, outcome.error);
				return false;
			case "notYet":
				if (flight.unreachable !== null && !job.doubtful) {
					const error = flight.unreachable;
					await states.keep(job.entryId, { kind: "refused", error, retryAllowed: true });
					return false;
				}
				if (!(await this.#stays(job, outcome.reason))) return false;
				if (!flight.poked) {
					const { reason, busyPeer = null } = outcome;
					queue.hold = { kind: "notYet", reason, busyPeer };
				}
				return true;
		}
	}

	/** It may have arrived. */
	async #doubt(queue: SendQueue, job: Job, error: AppError): Promise<boolean> {
		const { states, reconciliation, remedies } = this.#ports;
		const { history, idempotentSend } = remedies(queue.accountId);
		const doubtful = (why: AppError): Happening => ({ kind: "doubtful", error: why });
		if (idempotentSend) {
			job.doubtful = true;
			const delivery = await states.keep(job.entryId, doubtful(checking));
			if (delivery === null || !rests(delivery, job)) return false;
			this.#waitOut(queue, job, undefined);
			return true;
		}
		const delivery = await states.keep(job.entryId, doubtful(history ? checking : error));
		if (history && delivery?.state === "unknown") {
			const { accountId, conversationId } = queue;
			reconciliation.note([{ accountId, conversationId, entryId: job.entryId, error }]);
		}
		return false;
	}

	/** Back into the queue; false: its end became known meanwhile, without this answer. */
	async #stays(job: Job, reason: Job["reason"]): Promise<boolean> {
		const happening: Happening = job.doubtful ? { kind: "doubtful", error: checking } : held(job, reason);
		const delivery = await this.#ports.states.keep(job.entryId, happening);
		job.reason = reason;
		return delivery !== null && rests(delivery, job);
	}

	#waitOut(queue: SendQueue, job: Job, retryAfterMs: number | undefined): void {
		const { clock, queues, random, pause, changed } = this.#ports;
		job.refusals += 1;
		if (queues.stopped) return;
		if (retryAfterMs !== undefined && retryAfterMs > 0) {
			pause(queue.accountId, retryAfterMs);
			return;
		}
		// A text that was put before it meanwhile has not been refused by anybody.
		if (queue.jobs[0] !== job) return;
		const cancel = clock.after(backoffDelay(job.refusals, random, attemptBackoff), () => {
			queue.hold = null;
			changed(queue);
		});
		queue.hold = { kind: "backoff", cancel };
	}
}

/** Tried again by the program. That a doubtful one did not reach the server this time says nothing about the time before. */
function repeats(job: Job, { retry, error }: Extract<SendOutcome, { kind: "rejected" }>): boolean {
	return retry === "automatic" || (job.doubtful && error.code.startsWith("network."));
}

/** A doubtful one that the person wants sent again by now is queued, and still repeated by the program. */
function rests({ state }: Delivery, job: Job): boolean {
	return state === "queued" || state === "waiting" || (job.doubtful && state === "unknown");
}

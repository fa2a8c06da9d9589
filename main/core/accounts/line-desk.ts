import { type AppError, appError, failed, ok, type Result, toAppError } from "../../../shared/errors.ts";
import type { AccountId, LineId } from "../../../shared/ids.ts";
import type { Line, LineQuestion } from "../../../shared/model.ts";
import type { ProviderSession } from "../ports/provider.ts";
import { type Clock, type Logger, pause, type Random } from "../ports/runtime.ts";
import type { WorkstationStore } from "../ports/stores.ts";
import { backoffDelay } from "./backoff.ts";

export interface LineDeskPorts {
	readonly accountId: AccountId;
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly workstation: WorkstationStore;
	/** Lines, the chosen one, the question or the warnings are different now. */
	readonly changed: () => void;
}

/** What to do with the lines a session offers. Pure. */
export type LineChoice =
	| { readonly kind: "none" }
	| { readonly kind: "take"; readonly line: Line }
	| { readonly kind: "ask"; readonly suggested: LineId | null };

/**
 * One usable line is taken silently, and so is the one remembered on this workstation; among
 * several the agent is asked, before any device is logged in.
 */
export function chooseLine(
	lines: readonly Line[],
	remembered: LineId | null,
	suggested: LineId | null,
): LineChoice {
	const usable = lines.filter((line) => line.canMessage !== false);
	const known = usable.find((line) => line.id === remembered);
	if (known !== undefined) return { kind: "take", line: known };
	const [only] = usable;
	if (only === undefined) return { kind: "none" };
	return usable.length === 1 ? { kind: "take", line: only } : { kind: "ask", suggested };
}

/**
 * The line of one account on this workstation.
 *
 *   unset --begin: one or remembered--> taking --ok--> set
 *     |                                   +--failed--> unset (asked again, or tried again)
 *     +--begin: several--> asked --chosen--> taking
 */
export class LineDesk {
	/** A line named by an administrator, by id, number or label; taken when it is there. */
	preferred: string | null = null;
	lines: readonly Line[] = [];
	lineId: LineId | null = null;
	question: LineQuestion | null = null;
	warnings: readonly AppError[] = [];
	readonly #ports: LineDeskPorts;
	#busy = false;
	/** The chosen line was seen logged in: from then on a log-out is news. */
	#wasLoggedIn = false;

	constructor(ports: LineDeskPorts) {
		this.#ports = ports;
	}

	/** The session is gone; what was known of its lines is not offered any more. */
	reset(): void {
		this.lines = [];
		this.lineId = null;
		this.question = null;
		this.warnings = [];
	}

	/** The chosen line was logged in and is not any more: somebody else did that. */
	get loggedOut(): boolean {
		return this.#wasLoggedIn && this.#line?.loggedIn === false;
	}

	/** Reads the lines and takes or asks; tries again by itself while the server cannot be asked. */
	async begin(session: ProviderSession, signal: AbortSignal): Promise<void> {
		if (this.#busy) return;
		this.#busy = true;
		try {
			for (let attempt = 1; !signal.aborted; attempt += 1) {
				if (await this.#attempt(session, signal)) return;
				await pause(this.#ports.clock, backoffDelay(attempt, this.#ports.random), signal);
			}
		} finally {
			this.#busy = false;
		}
	}

	/** The agent chose. */
	async choose(session: ProviderSession, id: LineId, signal: AbortSignal): Promise<Result<null>> {
		const line = this.lines.find((other) => other.id === id);
		if (line === undefined) return failed(appError("line.unknown"));
		try {
			await this.#take(session, line, signal);
			return ok(null);
		} catch (thrown) {
			return failed(toAppError(thrown));
		}
	}

	/** The system says its lines are different now. */
	update(session: ProviderSession, lines: readonly Line[], signal: AbortSignal): void {
		this.lines = lines;
		this.#wasLoggedIn ||= this.#line?.loggedIn === true;
		this.#ports.changed();
		if (this.lineId === null && this.question === null && lines.length > 0) this.#again(session, signal);
	}

	/** Whether somebody or something still has to decide. */
	get undecided(): boolean {
		return this.lineId === null && this.question === null;
	}

	get #line(): Line | undefined {
		return this.lines.find((line) => line.id === this.lineId);
	}

	#again(session: ProviderSession, signal: AbortSignal): void {
		this.begin(session, signal).catch((thrown: unknown) => {
			this.#ports.logger.error("line.failed", { error: toAppError(thrown) });
		});
	}

	/** False: worth trying again by itself. */
	async #attempt(session: ProviderSession, signal: AbortSignal): Promise<boolean> {
		try {
			this.lines = await session.lines(signal);
			const remembered =
				(await this.#named()) ?? (await this.#ports.workstation.line(this.#ports.accountId));
			const choice = chooseLine(this.lines, remembered, session.suggestLine(this.lines, remembered));
			if (choice.kind === "take") await this.#take(session, choice.line, signal);
			else if (choice.kind === "ask") this.question = { suggested: choice.suggested };
			else this.warnings = [appError("line.none")];
			return true;
		} catch (thrown) {
			if (signal.aborted) return true;
			const error = toAppError(thrown);
			this.#ports.logger.warn("line.refused", { error });
			this.warnings = [error];
			if (isPassing(error)) return false;
			this.#askAfterRefusal(session);
			return true;
		} finally {
			if (!signal.aborted) this.#ports.changed();
		}
	}

	/** The system refused this line for good: perhaps another one will do. */
	#askAfterRefusal(session: ProviderSession): void {
		const usable = this.lines.filter((line) => line.canMessage !== false);
		if (usable.length > 1) this.question = { suggested: session.suggestLine(this.lines, null) };
	}

	async #named(): Promise<LineId | null> {
		const { preferred } = this;
		if (preferred === null) return null;
		const line = this.lines.find(({ id, address, label }) =>
			[id as string, address, label].includes(preferred),
		);
		if (line === undefined) return null;
		this.preferred = null;
		await this.#ports.workstation.setLine(this.#ports.accountId, line.id);
		return line.id;
	}

	/**
	 * The mark "logged in from here" is on disk before the device can be logged in, so that after
	 * a crash the next run knows that leaving is up to it; it is taken back only when it is
	 * certain that nothing was logged in.
	 */
	async #take(session: ProviderSession, line: Line, signal: AbortSignal): Promise<void> {
		const { workstation, accountId } = this.#ports;
		const before = await workstation.startedHere(accountId);
		if (line.loggedIn !== true && !before) await workstation.setStartedHere(accountId, true);
		try {
			const used = await session.useLine(line.id, signal);
			// An earlier try, or a crashed run, may have logged it in without hearing so.
			const started = used.started || before;
			if (started !== (before || line.loggedIn !== true))
				await workstation.setStartedHere(accountId, started);
			this.warnings = used.warnings;
		} catch (thrown) {
			if (!before && line.loggedIn !== true && !signal.aborted && !mayHaveArrived(toAppError(thrown))) {
				await workstation.setStartedHere(accountId, false);
			}
			throw thrown;
		}
		this.lineId = line.id;
		this.question = null;
		// What it was before it was logged in may still be told: no news either.
		this.#wasLoggedIn = line.loggedIn === true;
		await workstation.setLine(accountId, line.id);
		this.#ports.changed();
	}
}

/** The request may have reached the server although no answer was had. */
function mayHaveArrived(error: AppError): boolean {
	return error.code.startsWith("network.") || error.code === "cancelled" || error.code === "internal";
}

/** It may well go better in a moment, without anybody doing anything. */
function isPassing(error: AppError): boolean {
	return (
		error.code.startsWith("network.") ||
		error.code === "http.overloaded" ||
		error.code.endsWith(".serverError")
	);
}

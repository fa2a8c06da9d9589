import type { App, Event } from "electron/main";
import type { Clock, Logger } from "../../core/ports/runtime.ts";

export interface LifecycleOptions {
	readonly app: Pick<App, "exit" | "on" | "quit">;
	readonly platform: NodeJS.Platform;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Leaves everything in order; told how long it may take. May reject or never end: quitting goes on. */
	readonly stop: (deadlineMs: number) => Promise<void>;
	/** Windows may close for real from now on. */
	readonly onQuitting: () => void;
	/** macOS: the program was chosen in the Dock. */
	readonly onActivate: () => void;
	/** Whether the app is still reachable without a window. */
	readonly livesWithoutWindow: () => boolean;
	/** The very last moment (flush the log). */
	readonly beforeExit: () => void;
}

/** Signing out everywhere may take this long (the two seconds). */
export const leavingDeadlineMs = 2000;
/** What stopping may take beyond that: closing files, the bus, the practice servers. */
const marginMs = 500;
/** From `quit` after draining to the end; then the process is ended without asking anybody. */
const closingDeadlineMs = 1500;

/** What quitting is waiting for. */
export type LifecyclePhase = "running" | "draining" | "leaving";

/**
 *   running --quit--> draining --stopped, or 2.5 s--> leaving --windows closed--> gone
 *                                                     leaving --1.5 s--> gone (exit)
 *
 * Asked to quit again while draining, nothing starts anew. Windows' end of session skips `before-quit`: the
 * window tells us with `endSession`.
 */
export interface Lifecycle {
	phase(): LifecyclePhase;
	quit(): void;
	/** The system is going down: leave at once, without waiting for an answer. */
	endSession(): void;
}

export function createLifecycle(options: LifecycleOptions): Lifecycle {
	const { app, platform, clock, logger, stop } = options;
	let phase: LifecyclePhase = "running";
	let stopping: Promise<void> | undefined;

	function stopOnce(): Promise<void> {
		stopping ??= stop(leavingDeadlineMs).catch((error: unknown) => {
			logger.error("app.stopFailed", { reason: error instanceof Error ? error.message : "unknown" });
		});
		return stopping;
	}

	function leave(reason: "stopped" | "deadline"): void {
		if (phase === "leaving") return;
		phase = "leaving";
		logger.info("app.leaving", { reason });
		options.onQuitting();
		clock.after(closingDeadlineMs, () => {
			logger.warn("app.exitForced");
			options.beforeExit();
			app.exit(0);
		});
		app.quit();
	}

	app.on("before-quit", (event: Event) => {
		if (phase === "leaving") return;
		event.preventDefault();
		if (phase === "draining") return;
		phase = "draining";
		logger.info("app.draining");
		const cancel = clock.after(leavingDeadlineMs + marginMs, () => leave("deadline"));
		void stopOnce().then(() => {
			cancel();
			leave("stopped");
		});
	});
	app.on("will-quit", () => options.beforeExit());
	app.on("window-all-closed", () => {
		// With a listener Electron no longer quits by itself.
		if (platform !== "darwin" && !options.livesWithoutWindow()) app.quit();
	});
	app.on("activate", () => options.onActivate());

	return {
		phase: () => phase,
		quit: () => app.quit(),
		endSession() {
			if (phase !== "running") return;
			phase = "draining";
			logger.info("app.sessionEnds");
			options.onQuitting();
			void stopOnce().then(() => options.beforeExit());
		},
	};
}

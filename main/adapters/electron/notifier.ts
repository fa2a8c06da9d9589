import type { ActivationArguments, Notification, NotificationConstructorOptions } from "electron/main";
import type { Clock, Logger } from "../../core/ports/runtime.ts";
import type { NotificationContent, Notifier } from "../../core/ports/system.ts";

/** The class, as far as it is used. */
export interface NotificationClass {
	new (options: NotificationConstructorOptions): Notification;
	isSupported(): boolean;
	handleActivation(callback: (details: ActivationArguments) => void): void;
}

export interface NotifierOptions {
	readonly Notification: NotificationClass;
	readonly platform: NodeJS.Platform;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Linux: whether a daemon runs or would be started; elsewhere the system is the daemon. */
	readonly daemonPresent: () => Promise<boolean>;
	/** Linux: whether the daemon takes `<b>`, `<a>` or `<img>` in a body for markup; Electron hands it on as it is. */
	readonly readsMarkup: () => Promise<boolean>;
	/**
	 * Windows: a notification of an earlier run was clicked. `key` is null where Windows does not say which.
	 * Electron calls back for clicks of this run too; those are left to their own callback.
	 */
	readonly onOldActivation: (key: string | null) => void;
}

type Outcome = Awaited<ReturnType<Notifier["show"]>>;

/** Neither "show" nor "failed" came by now: the daemon took it and says nothing. */
const silenceMs = 3000;

/**
 * One live notification a key. `replaces_id` has no counterpart in Electron, so the old one is closed and a
 * new one shown. Each is referred to until it closes: a collected one loses its click.
 */
export function createNotifier(options: NotifierOptions): Notifier {
	const { Notification, platform, clock, logger, daemonPresent, readsMarkup, onOldActivation } = options;
	const live = new Map<string, Notification>();
	/** Rises with every show and close of a key, so that a slow check shows nothing that is outdated. */
	const turns = new Map<string, number>();

	if (platform === "win32") {
		Notification.handleActivation((details) => {
			const key = keyOf(details);
			if (key === null || !live.has(key)) onOldActivation(key);
		});
	}

	/** Keys whose overtaken notification would have made a sound: the one that overtook it makes it. */
	const soundOwed = new Set<string>();

	function nextTurn(key: string): number {
		const turn = (turns.get(key) ?? 0) + 1;
		turns.set(key, turn);
		return turn;
	}

	function close(key: string): void {
		nextTurn(key);
		soundOwed.delete(key);
		const notification = live.get(key);
		live.delete(key);
		notification?.close();
	}

	function present(key: string, content: NotificationContent, onClick: () => void): Promise<Outcome> {
		const old = live.get(key);
		live.delete(key);
		old?.close();
		return new Promise<Outcome>((resolve) => {
			const notification = new Notification({
				title: content.title,
				body: content.body,
				silent: content.silent,
				// Windows and macOS know a notification by its id; the others ignore it.
				...(platform === "linux" ? {} : { id: key }),
				...(platform === "darwin" ? {} : { urgency: content.urgent ? "critical" : "normal" }),
			});
			const forget = (): void => {
				if (live.get(key) === notification) live.delete(key);
			};
			let cancel = (): void => undefined;
			const settle = (outcome: Outcome): void => {
				cancel();
				resolve(outcome);
			};
			cancel = clock.after(silenceMs, () => settle("shown"));
			notification.on("show", () => settle("shown"));
			notification.on("click", () => {
				forget();
				onClick();
			});
			notification.on("close", () => {
				// Windows keeps it in the Action Center after this, where it can still be clicked.
				if (platform !== "win32") forget();
				settle("shown");
			});
			notification.on("failed", (_event, error) => {
				forget();
				logger.warn("notification.failed", { reason: error });
				settle(/denied|not (?:allowed|authorized)|disabled/i.test(error) ? "denied" : "failed");
			});
			live.set(key, notification);
			notification.show();
		});
	}

	return {
		async show(key, content, onClick) {
			const turn = nextTurn(key);
			if (!content.silent) soundOwed.add(key);
			if (!Notification.isSupported()) return "noDaemon";
			if (platform === "linux" && !(await daemonPresent())) return "noDaemon";
			const body =
				platform === "linux" && (await readsMarkup()) ? withoutMarkup(content.body) : content.body;
			// Closed or shown again meanwhile: whoever did that has the last word.
			if (turns.get(key) !== turn) return "superseded";
			try {
				const silent = !soundOwed.delete(key);
				return await present(key, { ...content, body, silent }, onClick);
			} catch (error) {
				live.delete(key);
				logger.warn("notification.failed", {
					reason: error instanceof Error ? error.message : "unknown",
				});
				return "failed";
			}
		},
		close,
		closeAll() {
			for (const key of [...turns.keys()]) close(key);
		},
	};
}

/** The same text for a reader of the markup of the Desktop Notifications specification. */
function withoutMarkup(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * Which notification an activation belongs to: Electron writes `type=click&tag=<id>` into the arguments on
 * Windows, where the id is our key. Not shown by a test here: it needs Windows.
 */
function keyOf({ arguments: text }: ActivationArguments): string | null {
	const tag = new URLSearchParams(text).get("tag");
	return tag === null || tag === "" ? null : tag;
}

import type { Logger } from "../../../core/ports/runtime.ts";
import type { SessionBus } from "./session-bus.ts";

/** Whether something shows tray icons here, and when that changes. */
export interface TrayHost {
	available(): boolean;
	/** "replaced": there is a host still, but another one: what was registered with the old one is gone. */
	onChange(listener: (change: "appeared" | "disappeared" | "replaced") => void): () => void;
}

/** Windows and macOS always have one. */
export const permanentTrayHost: TrayHost = { available: () => true, onChange: () => () => undefined };

/** A host whose first answer is still awaited: none until then, and "appeared" if there is one. */
export function lateTrayHost(arriving: Promise<TrayHost>): TrayHost {
	let arrived: TrayHost | null = null;
	const listeners = new Set<Parameters<TrayHost["onChange"]>[0]>();
	const tell: Parameters<TrayHost["onChange"]>[0] = (change) => {
		for (const listener of [...listeners]) listener(change);
	};
	void arriving.then((host) => {
		arrived = host;
		host.onChange(tell);
		if (host.available()) tell("appeared");
	});
	return {
		available: () => arrived?.available() ?? false,
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}

const watcher = "org.kde.StatusNotifierWatcher";

/**
 * The StatusNotifier host of a Linux desktop: a watcher owns the name, and says that a host is registered
 * (Electron asks the same two questions before it makes an icon). Resolves once the first answer is in.
 *
 *   absent --owner appears, host registered--> present --owner gone, or host gone--> absent
 *                                              present --another owner--> present ("replaced")
 */
export async function statusNotifierHost(bus: SessionBus | null, logger: Logger): Promise<TrayHost> {
	const listeners = new Set<(change: "appeared" | "disappeared" | "replaced") => void>();
	let present = false;
	let question = 0;
	const host: TrayHost = {
		available: () => present,
		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
	if (bus === null) return host;

	const registered = async (): Promise<boolean> => {
		try {
			if (!(await bus.nameHasOwner(watcher))) return false;
			return (
				(await bus.property(
					watcher,
					"/StatusNotifierWatcher",
					watcher,
					"IsStatusNotifierHostRegistered",
				)) === true
			);
		} catch {
			return false;
		}
	};
	async function ask(ownerChanged: boolean): Promise<void> {
		const mine = ++question;
		const now = await registered();
		// A later question has overtaken this one.
		if (mine !== question) return;
		const change =
			now === present ? (now && ownerChanged ? "replaced" : null) : now ? "appeared" : "disappeared";
		present = now;
		if (change === null) return;
		logger.info("tray.host", { change });
		for (const listener of [...listeners]) listener(change);
	}

	bus.onSignal(
		{ interface: "org.freedesktop.DBus", member: "NameOwnerChanged", firstValue: watcher },
		() => void ask(true),
	);
	for (const member of ["StatusNotifierHostRegistered", "StatusNotifierHostUnregistered"])
		bus.onSignal({ interface: watcher, member }, () => void ask(false));
	bus.onClose(() => void ask(false));
	await ask(false);
	return host;
}

const notifications = "org.freedesktop.Notifications";

/** Whether a notification would reach anything: the daemon runs, or the bus would start it. */
export async function notificationDaemonPresent(bus: SessionBus | null): Promise<boolean> {
	if (bus === null) return false;
	try {
		return (await bus.nameHasOwner(notifications)) || (await bus.isActivatable(notifications));
	} catch {
		return false;
	}
}

/**
 * Whether the daemon reads markup in the body of a notification (capability `body-markup`). Yes when it does not
 * say: text that was escaped in vain is ugly, text that was not could be a link or a picture.
 */
export async function notificationDaemonReadsMarkup(bus: SessionBus | null): Promise<boolean> {
	if (bus === null) return true;
	try {
		const [capabilities] = await bus.call({
			destination: notifications,
			path: "/org/freedesktop/Notifications",
			interface: notifications,
			member: "GetCapabilities",
		});
		return !Array.isArray(capabilities) || capabilities.includes("body-markup");
	} catch {
		return true;
	}
}

/** Whether the default collection of the Secret Service is locked; null: it cannot be said. Asks no prompt. */
export async function secretServiceLocked(bus: SessionBus | null): Promise<boolean | null> {
	if (bus === null) return null;
	try {
		const locked = await bus.property(
			"org.freedesktop.secrets",
			"/org/freedesktop/secrets/aliases/default",
			"org.freedesktop.Secret.Collection",
			"Locked",
		);
		return typeof locked === "boolean" ? locked : null;
	} catch {
		return null;
	}
}

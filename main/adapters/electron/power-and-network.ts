import type { Net, PowerMonitor } from "electron/main";
import type { Clock } from "../../core/ports/runtime.ts";
import type { PowerAndNetwork } from "../../core/ports/system.ts";

/** How often the network is looked at while it is away; main has no event for it. */
const lookAgainMs = 2000;
/** And while it is there. */
const lookMs = 10_000;

/** Sleep and wake as the system reports them; the network's return by looking. */
export function createPowerAndNetwork(options: {
	readonly powerMonitor: Pick<PowerMonitor, "off" | "on">;
	readonly net: Pick<Net, "isOnline">;
	readonly clock: Clock;
}): PowerAndNetwork {
	const { powerMonitor, net, clock } = options;
	const listeners = new Set<() => void>();
	let cancel: (() => void) | undefined;
	let wasOnline = true;

	function look(): void {
		const online = net.isOnline();
		const returned = online && !wasOnline;
		wasOnline = online;
		cancel = clock.after(online ? lookMs : lookAgainMs, look);
		if (returned) for (const listener of [...listeners]) listener();
	}

	return {
		onSuspend(listener) {
			powerMonitor.on("suspend", listener);
			return () => powerMonitor.off("suspend", listener);
		},
		onResume(listener) {
			powerMonitor.on("resume", listener);
			return () => powerMonitor.off("resume", listener);
		},
		isOnline: () => net.isOnline(),
		onOnline(listener) {
			listeners.add(listener);
			if (cancel === undefined) {
				wasOnline = net.isOnline();
				cancel = clock.after(wasOnline ? lookMs : lookAgainMs, look);
			}
			return () => {
				listeners.delete(listener);
				if (listeners.size > 0) return;
				cancel?.();
				cancel = undefined;
			};
		},
	};
}

/**
 * The system goes down or the person logs out (Linux, macOS): asks for a moment, and quits in order. The types
 * give the listener no event, the documentation does (`preventDefault` delays the shutdown).
 */
export function quitOnShutdown(
	powerMonitor: Pick<PowerMonitor, "on">,
	platform: NodeJS.Platform,
	quit: () => void,
): void {
	if (platform === "win32") return;
	powerMonitor.on("shutdown", (event?: { preventDefault?: () => void }) => {
		event?.preventDefault?.();
		quit();
	});
}

import type { DesktopSession } from "./session.ts";

/**
 * Closes the focused window as a person does, with the window manager's key, until `noticed` says that it was.
 * The key is pressed again because openbox now and then misses one under load.
 */
export async function closeFocusedWindow(
	session: DesktopSession,
	noticed: () => Promise<boolean>,
): Promise<void> {
	for (let press = 0; press < 10; press++) {
		await session.run("xdotool", "key", "alt+F4");
		for (let look = 0; look < 20; look++) {
			if (await noticed()) return;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
	throw new Error("closing the window was not noticed");
}

/** Takes the focus away from the app: another program's window appears. Returns what closes it. */
export function focusAnotherWindow(session: DesktopSession): () => void {
	const other = session.start("xev", ["-event", "structure"]);
	return () => void other.kill();
}

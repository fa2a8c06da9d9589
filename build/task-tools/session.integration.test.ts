import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** Runs a shell script in a session of its own. */
function inSession(script: string): Promise<{ code: number; output: string }> {
	const runner = join(import.meta.dirname, "session.mjs");
	return new Promise((resolve) => {
		execFile(process.execPath, [runner, "--", "sh", "-c", script], (error, stdout) => {
			resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout.trim() });
		});
	});
}

test("a session has its own home, display, bus, window manager and notifications, and leaves nothing", async () => {
	const { code, output } = await inSession(
		'echo "$HOME"; echo "$DISPLAY"; echo "$DBUS_SESSION_BUS_ADDRESS"; dunstctl count displayed; xdotool get_desktop',
	);
	const [home = "", display = "", bus = "", shown] = output.split("\n");
	expect(code).toBe(0);
	expect(home).not.toBe(process.env["HOME"]);
	expect(display).toMatch(/^:\d+$/);
	expect(bus).not.toBe(process.env["DBUS_SESSION_BUS_ADDRESS"]);
	expect(shown).toBe("0");
	expect(existsSync(home)).toBe(false);
});

test("its keychain is unlocked, empty and apart from every other session's", async () => {
	const keep = "printf hidden | secret-tool store --label=test service trunkline-session-test";
	const look = "secret-tool lookup service trunkline-session-test";
	expect((await inSession(`${keep} && ${look}`)).output).toBe("hidden");
	expect((await inSession(`${look} || echo nothing`)).output).toBe("nothing");
});

test("the command's exit code is the session's", async () => {
	expect((await inSession("exit 7")).code).toBe(7);
});

// npm start: builds if needed and opens the app. Arguments go to the app, for instance: npm start -- --practice
import { say } from "../setup/say.mjs";
import { buildIfNeeded } from "../task-tools/bundle.mjs";
import { program, runCommand } from "../task-tools/command.mjs";
import { startDisplay, withBus } from "../task-tools/desktop.mjs";

const standin = process.env["TRUNKLINE_HOST"] === "standin";
let code = await buildIfNeeded();
if (code === 0) {
	const display = await startDisplay();
	/** @type {string[]} */
	const flags = [];
	if (!standin && process.platform === "linux" && process.getuid?.() === 0) {
		say("as root, Chromium's sandbox cannot be used: it is off for this run");
		flags.push("--no-sandbox");
	}
	try {
		code = await runCommand(withBus(program("electron", ...flags, ".", ...process.argv.slice(2))), {
			env: { ...process.env, ...display.env },
		});
	} finally {
		display.stop();
	}
}
process.exitCode = code;

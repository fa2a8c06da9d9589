/**
 * G13: how late the event loop of main is while 5 000 messages a second come (G3) and while 10 000 are caught up with
 * (G12). Runs those two and takes their figures; arguments go to both.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";

interface Figure {
	readonly id: string;
	readonly pass: boolean;
}

function figuresOf(bench: string): Promise<readonly Figure[]> {
	const hooks = new URL("../build/hooks.mjs", import.meta.url).href;
	const child = spawn(
		process.execPath,
		["--import", hooks, join(import.meta.dirname, bench), ...process.argv.slice(2)],
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	let said = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
	return new Promise((resolve) =>
		child.once("close", () =>
			resolve(
				said
					.split("\n")
					.filter((line) => line.startsWith("{"))
					.map((line) => JSON.parse(line) as Figure)
					.filter(({ id }) => id.startsWith("G13")),
			),
		),
	);
}

const figures = [...(await figuresOf("g3.ts")), ...(await figuresOf("g12.ts"))];
for (const figure of figures) process.stdout.write(`${JSON.stringify(figure)}\n`);
process.exitCode = figures.length === 2 && figures.every(({ pass }) => pass) ? 0 : 1;

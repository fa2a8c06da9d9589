// npm run bench -- NAME: runs bench/NAME.ts; without a name, lists them.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { say } from "../setup/say.mjs";
import { root, runAll, script } from "../task-tools/command.mjs";

const folder = join(root, "bench");
const names = existsSync(folder)
	? readdirSync(folder).flatMap((file) => /^([a-z0-9-]+)\.ts$/.exec(file)?.[1] ?? [])
	: [];
const [asked, ...args] = process.argv.slice(2);
// Goals are written in capitals: npm run bench -- G3.
const name = asked?.toLowerCase();
if (name !== undefined && names.includes(name)) {
	const [node, ...rest] = script(`bench/${name}.ts`, ...args);
	await runAll([[node ?? "", "--import", join(root, "build", "hooks.mjs"), ...rest]]);
} else {
	say(`npm run bench -- NAME, where NAME is one of: ${names.join(", ") || "(none yet)"}`);
	process.exitCode = name === undefined ? 0 : 2;
}

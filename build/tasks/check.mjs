// npm run check: everything that can be said about the sources without running them.
// npm run check -- R3 [R5 ...] [--rounds N] [--seed S]: the checks of tests/checks by their ids, or `all`.
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { checks, chosen } from "../../tests/checks/list.ts";
import { inSession, program, root, runAll, script } from "../task-tools/command.mjs";
import { runSteps } from "../task-tools/steps.mjs";

const args = process.argv.slice(2);
if (args.length > 0) await runChecks();
else await checkSources();

async function runChecks() {
	const ids = args.filter((argument) => /^(?:r\d+|all)$/i.test(argument));
	const wanted = chosen(ids) ?? checks;
	const [node = "", ...rest] = script("tests/checks/index.ts", ...args);
	const command = [node, "--import", pathToFileURL(join(root, "build", "hooks.mjs")).href, ...rest];
	const commands = [];
	if (wanted.some(({ built }) => built)) commands.push(script("build/tasks/build.mjs"));
	commands.push(wanted.some(({ session }) => session) ? inSession(command) : command);
	await runAll(commands);
}

async function checkSources() {
	const compiled = ["shared", "main/core", "main", "practice", "build", "tests"];
	const failed = await runSteps([
		{ name: "eslint", command: program("eslint", "--max-warnings", "0", ".") },
		{
			name: "svelte-check",
			command: program(
				"svelte-check",
				"--tsconfig",
				"renderer/tsconfig.json",
				"--fail-on-warnings",
				"--output",
				"human",
			),
		},
		...compiled.map((folder) => ({ name: `tsc ${folder}`, command: program("tsc", "-p", folder) })),
		{ name: "layers", command: script("build/check-layers.ts") },
		{ name: "systems", command: script("build/check-systems.ts") },
		{ name: "prettier", command: program("prettier", "--check", "--log-level", "warn", ".") },
		{ name: "knip", command: program("knip", "--no-progress") },
	]);
	if (failed.length > 0) {
		console.error(`check: ${failed.join(", ")} failed`);
		process.exitCode = 1;
	}
}

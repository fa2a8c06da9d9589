// npm run check: everything that can be said about the sources without running them.
import { program, script } from "../task-tools/command.mjs";
import { runSteps } from "../task-tools/steps.mjs";

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
	{ name: "prettier", command: program("prettier", "--check", "--log-level", "warn", ".") },
	{ name: "knip", command: program("knip", "--no-progress") },
]);
if (failed.length > 0) {
	console.error(`check: ${failed.join(", ")} failed`);
	process.exitCode = 1;
}

// npm test: all levels, one summary. `npm test -- --only unit,e2e` runs some of the steps.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { say } from "../setup/say.mjs";
import { inSession, program, root, runCommand, script } from "../task-tools/command.mjs";
import { countLevels, summarize } from "../task-tools/results.mjs";

const reports = join(root, "out", "test");

/**
 * @param {string} step
 * @param {readonly string[]} projects
 */
const vitest = (step, ...projects) =>
	program(
		"vitest",
		"run",
		...projects.flatMap((project) => ["--project", project]),
		"--reporter=default",
		"--reporter=json",
		`--outputFile.json=${join(reports, `${step}.json`)}`,
	);

/** @type {readonly {name: string, commands: readonly (readonly string[])[]}[]} */
const steps = [
	{ name: "check", commands: [script("build/tasks/check.mjs")] },
	{ name: "unit", commands: [vitest("unit", "unit", "renderer")] },
	{ name: "integration", commands: [inSession(vitest("integration", "integration"))] },
	{ name: "build", commands: [script("build/tasks/build.mjs")] },
	{ name: "e2e", commands: [inSession(vitest("e2e", "e2e", "conformance"))] },
	{
		name: "package",
		commands: [script("build/package/make-package.ts"), inSession(vitest("package", "package"))],
	},
];

const { values } = parseArgs({ options: { only: { type: "string" } } });
const wanted = values.only?.split(",") ?? steps.map(({ name }) => name);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
	say(`--only takes some of ${steps.map(({ name }) => name).join(",")}; not ${unknown.join(",")}`);
	process.exit(2);
}

rmSync(reports, { recursive: true, force: true });
const results = [];
for (const { name, commands } of steps.filter((step) => wanted.includes(step.name))) {
	say(`== ${name}`);
	const start = performance.now();
	let code = 0;
	for (const command of commands) if (code === 0) code = await runCommand(command);
	const seconds = (performance.now() - start) / 1000;
	results.push({ name, seconds, code, levels: countLevels(root, readReport(name)) });
}

const { lines, failed } = summarize(results);
process.stdout.write(`\n${lines.join("\n")}\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** @param {string} step */
function readReport(step) {
	try {
		return [JSON.parse(readFileSync(join(reports, `${step}.json`), "utf8"))];
	} catch {
		// Steps without tests have none; a runner that crashed has its exit code.
		return [];
	}
}

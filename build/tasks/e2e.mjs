// npm run e2e: builds, then the specs on the stand-in (real Electron where there is none). Arguments go to vitest.
import { build } from "../task-tools/bundle.mjs";
import { inSession, program, runAll } from "../task-tools/command.mjs";

const code = await build();
const specs = program(
	"vitest",
	"run",
	"--project",
	"e2e",
	"--project",
	"conformance",
	...process.argv.slice(2),
);
if (code === 0) await runAll([inSession(specs)]);
else process.exitCode = code;

// npm run unit: tests that need neither daemons nor the built app. Arguments go to vitest.
import { program, runAll } from "../task-tools/command.mjs";

await runAll([
	program("vitest", "run", "--project", "unit", "--project", "renderer", ...process.argv.slice(2)),
]);

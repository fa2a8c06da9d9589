// npm run format: Prettier over everything, or over the paths given.
import { program, runAll } from "../task-tools/command.mjs";

const paths = process.argv.slice(2);
await runAll([program("prettier", "--write", "--log-level", "warn", ...(paths.length > 0 ? paths : ["."]))]);

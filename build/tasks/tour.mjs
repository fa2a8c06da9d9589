// npm run tour: the story of the README on the built app, with pictures in out/tour/.
import { buildIfNeeded } from "../task-tools/bundle.mjs";
import { inSession, runAll, script } from "../task-tools/command.mjs";

const code = await buildIfNeeded();
if (code === 0) await runAll([inSession(script("tests/tour/tour.ts", ...process.argv.slice(2)))]);
else process.exitCode = code;

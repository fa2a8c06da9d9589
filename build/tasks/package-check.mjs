// npm run package:check: builds, packs with electron-builder, and looks into the package.
import { build } from "../task-tools/bundle.mjs";
import { inSession, program, runAll, script } from "../task-tools/command.mjs";

const code = await build();
if (code === 0)
	await runAll([
		script("build/package/make-package.ts"),
		inSession(program("vitest", "run", "--project", "package")),
	]);
else process.exitCode = code;

import { app, protocol } from "electron/main";
import { beforeReady } from "./adapters/electron/instance.ts";
import { compose } from "./compose.ts";

// Electron becomes ready only after this module has been evaluated: nothing is awaited here.
const { first, switches } = beforeReady({
	app,
	protocol,
	platform: process.platform,
	commandLine: process.argv,
	workingFolder: process.cwd(),
});

if (first) {
	app.whenReady()
		.then(() => compose(switches))
		.catch((error: unknown) => {
			// Without a window there is nowhere else to say it.
			process.stderr.write(
				`Trunkline could not start: ${error instanceof Error ? (error.stack ?? error.message) : "unknown"}\n`,
			);
			app.exit(1);
		});
} else {
	app.quit();
}

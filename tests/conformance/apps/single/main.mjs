import { app } from "electron/main";

app.setPath("userData", app.commandLine.getSwitchValue("user-data-dir"));
app.on("second-instance", (_event, argv, workingDirectory, data) => {
	console.log("second:", JSON.stringify({ argv, workingDirectory, data }));
	if (argv.includes("--end")) app.quit();
});
if (!app.requestSingleInstanceLock({ from: process.argv.at(-1) })) {
	console.log("refused");
	app.quit();
} else {
	console.log("first", app.hasSingleInstanceLock());
	app.whenReady().then(() => console.log("ready"));
}

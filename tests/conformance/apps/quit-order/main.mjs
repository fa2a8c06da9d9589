import { app, BrowserWindow } from "electron/main";

const has = (name) => process.argv.includes(`--${name}`);
const once = (name) => {
	let first = has(name);
	return (event) => {
		if (!first) return;
		first = false;
		event.preventDefault();
		console.log(`step: ${name} prevented`);
		setTimeout(() => app.quit(), 50);
	};
};
const holdBefore = once("hold-before-quit");
const holdWill = once("hold-will-quit");
const holdClose = once("hold-close");

app.on("before-quit", (event) => {
	console.log("step: before-quit");
	holdBefore(event);
});
app.on("will-quit", (event) => {
	console.log("step: will-quit");
	holdWill(event);
});
app.on("quit", (_event, code) => console.log("step: quit", code));
app.on("window-all-closed", () => console.log("step: window-all-closed"));

app.whenReady().then(async () => {
	const window = new BrowserWindow({ width: 300, height: 200 });
	window.on("close", (event) => {
		console.log("step: close");
		holdClose(event);
	});
	window.on("closed", () => console.log("step: closed"));
	await window.loadURL("data:text/html,<p>quit order</p>");
	if (has("close-first")) {
		window.once("closed", () => setTimeout(() => app.quit(), 50));
		window.close();
	} else if (has("exit")) app.exit(7);
	else app.quit();
});

// C4: what a window costs on this host before anything of ours is in it.
import { app, BrowserWindow, protocol } from "electron/main";

protocol.registerSchemesAsPrivileged([{ scheme: "app", privileges: { standard: true, secure: true } }]);
const folder = process.argv.find((one) => one.startsWith("--user-data-dir="))?.split("=")[1];
if (folder !== undefined) {
	app.setPath("userData", folder);
	app.setPath("sessionData", folder);
}
void app.whenReady().then(() => {
	const page = "<!doctype html><title>Blank</title><h1>Blank</h1>";
	protocol.handle("app", () => new Response(page, { headers: { "content-type": "text/html" } }));
	const window = new BrowserWindow({
		width: 1100,
		height: 740,
		show: false,
		webPreferences: { sandbox: true },
	});
	window.once("ready-to-show", () => window.show());
	void window.loadURL("app://ui/index.html");
});

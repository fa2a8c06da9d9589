// C2: a window of the same host on a bare page, `--page=http://127.0.0.1:...`: one WebSocket and one div.
import { app, BrowserWindow } from "electron/main";

const value = (/** @type {string} */ name) =>
	process.argv.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3) ?? "";
app.setPath("userData", value("user-data-dir"));
app.setPath("sessionData", value("user-data-dir"));
void app.whenReady().then(() => {
	const window = new BrowserWindow({ width: 1100, height: 740, webPreferences: { sandbox: true } });
	void window.loadURL(value("page"));
});

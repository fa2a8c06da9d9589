// C2: a bare page with one WebSocket and one div, in a window of the same host. `--socket=ws://...` is its server.
import { app, BrowserWindow, protocol } from "electron/main";

const value = (/** @type {string} */ name) =>
	process.argv.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3);
protocol.registerSchemesAsPrivileged([{ scheme: "app", privileges: { standard: true, secure: true } }]);
const folder = value("user-data-dir");
if (folder !== undefined) {
	app.setPath("userData", folder);
	app.setPath("sessionData", folder);
}
const script = `
const socket = new WebSocket(${JSON.stringify(value("socket") ?? "")});
const text = document.querySelector("textarea");
socket.onopen = () => { document.title = "Bare page, connected"; text.focus(); };
socket.onmessage = ({ data }) => { document.querySelector("div").textContent = data; };
text.onkeydown = (event) => {
	if (event.key !== "Enter") return;
	event.preventDefault();
	socket.send(text.value);
	text.value = "";
};`;
void app.whenReady().then(() => {
	const page = `<!doctype html><title>Bare page</title><h1>Bare page</h1><textarea aria-label="Message"></textarea><div></div><script src="page.js"></script>`;
	protocol.handle("app", ({ url }) =>
		url.endsWith("page.js")
			? new Response(script, { headers: { "content-type": "text/javascript" } })
			: new Response(page, { headers: { "content-type": "text/html" } }),
	);
	const window = new BrowserWindow({ width: 1100, height: 740, webPreferences: { sandbox: true } });
	void window.loadURL("app://ui/index.html");
});

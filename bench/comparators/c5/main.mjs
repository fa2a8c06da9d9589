// C5: the naive client. A hand-written long poll (`--bayeux=URL --channel=/name --token=T`), one IPC message and one DOM append
// for each message; nothing is kept, and only the last 500 lines stay on the page.
import { app, BrowserWindow, protocol } from "electron/main";
import { join } from "node:path";

const value = (/** @type {string} */ name) =>
	process.argv.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3) ?? "";
protocol.registerSchemesAsPrivileged([{ scheme: "app", privileges: { standard: true, secure: true } }]);
app.setPath("userData", value("user-data-dir"));
app.setPath("sessionData", value("user-data-dir"));

const page = `<!doctype html><title>Naive</title><h1>Naive</h1><main></main><script src="page.js"></script>`;
const script = `
const list = document.querySelector("main");
let count = 0;
messages.on((text) => {
	const line = document.createElement("div");
	line.textContent = text;
	list.append(line);
	if (list.childElementCount > 500) list.firstChild.remove();
	window.received = count += 1;
	scrollTo(0, document.body.scrollHeight);
});`;

let cookie = "";
/** @param {Record<string, unknown>} message */
async function ask(message) {
	const response = await fetch(value("bayeux"), {
		method: "POST",
		headers: {
			"content-type": "application/json",
			authorization: `Bearer ${value("token")}`,
			...(cookie === "" ? {} : { cookie }),
		},
		body: JSON.stringify([message]),
	});
	cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
	return /** @type {any[]} */ (await response.json());
}

/** @param {(text: string) => void} tell */
async function follow(tell) {
	const connection = { connectionType: "long-polling" };
	const [{ clientId }] = await ask({
		channel: "/meta/handshake",
		version: "1.0",
		supportedConnectionTypes: ["long-polling"],
	});
	await ask({ channel: "/meta/subscribe", clientId, subscription: value("channel") });
	for (;;) {
		for (const { channel, data } of await ask({ channel: "/meta/connect", clientId, ...connection }))
			if (channel === value("channel")) tell(JSON.stringify(data));
	}
}

void app.whenReady().then(async () => {
	protocol.handle("app", ({ url }) =>
		url.endsWith("page.js")
			? new Response(script, { headers: { "content-type": "text/javascript" } })
			: new Response(page, { headers: { "content-type": "text/html" } }),
	);
	const window = new BrowserWindow({
		width: 1100,
		height: 740,
		webPreferences: { sandbox: true, preload: join(import.meta.dirname, "preload.cjs") },
	});
	await window.loadURL("app://ui/index.html");
	await follow((text) => window.webContents.send("message", text));
});

// The fixture most specs use: one window on app://ui/, a preload with a small API, handlers to ask.
import { app, BrowserWindow, ipcMain, protocol } from "electron/main";
import { readFile } from "node:fs/promises";
import path from "node:path";

protocol.registerSchemesAsPrivileged([
	{ scheme: "app", privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
app.enableSandbox();

const policy =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'";
// Red, 1 by 1; with every byte there is behind its end, which a decoder does not read.
const picture = Buffer.concat([
	Buffer.from(
		"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
		"base64",
	),
	Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
]);
const types = { ".html": "text/html", ".js": "text/javascript" };
const seen = [];
globalThis.fixture = { seen, window: null };

ipcMain.handle("echo", (_event, value) => value);
ipcMain.handle("fail", () => {
	throw new TypeError("told you so");
});
ipcMain.handle("unclonable", () => () => 1);
ipcMain.handle("sender", (event) => ({
	url: event.senderFrame.url,
	origin: event.senderFrame.origin,
	isMain: event.senderFrame === event.sender.mainFrame,
	parent: event.senderFrame.parent,
	isWindow: BrowserWindow.fromWebContents(event.sender) === globalThis.fixture.window,
}));
ipcMain.on("note", (event, ...values) => {
	seen.push(values);
	event.sender.send("noted", values.length);
});

app.on("window-all-closed", () => {
	// The specs decide when the app ends.
});

app.whenReady().then(async () => {
	protocol.handle("app", async (request) => {
		const { pathname } = new URL(request.url);
		if (pathname === "/asked")
			return Response.json({
				url: request.url,
				method: request.method,
				header: request.headers.get("x-test"),
			});
		if (pathname === "/picture")
			return new Response(picture, {
				headers: {
					"content-type": "image/png",
					"x-content-type-options": "nosniff",
					"content-security-policy": "default-src 'none'; sandbox",
				},
			});
		if (pathname === "/large") return new Response(Buffer.alloc(20 * 1024 * 1024, 0xfe));
		const file = pathname === "/" ? "/index.html" : pathname;
		try {
			const body = await readFile(path.join(import.meta.dirname, "page", path.basename(file)));
			const headers = {
				"content-type": types[path.extname(file)] ?? "text/plain",
				"content-security-policy": policy,
			};
			return new Response(body, { headers });
		} catch {
			return new Response("no such file", { status: 404 });
		}
	});
	const window = new BrowserWindow({
		width: 640,
		height: 480,
		show: !process.argv.includes("--hidden"),
		webPreferences: { preload: path.join(import.meta.dirname, "preload.cjs") },
	});
	globalThis.fixture.window = window;
	if (process.argv.includes("--deny")) window.webContents.setWindowOpenHandler(() => ({ action: "deny" }));
	await window.loadURL("app://ui/index.html");
	console.log("fixture loaded");
});

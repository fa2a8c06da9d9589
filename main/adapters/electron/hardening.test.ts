import type { App, Session } from "electron/main";
import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Logger } from "../../core/ports/runtime.ts";
import { denyPermissions, hardenApp } from "./hardening.ts";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** An event as Electron passes it. */
class FakeEvent {
	defaultPrevented = false;
	readonly url: string;
	constructor(url = "") {
		this.url = url;
	}
	preventDefault(): void {
		this.defaultPrevented = true;
	}
}

class FakeContents extends EventEmitter {
	opener: ((details: { url: string }) => { action: string }) | undefined;
	setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
		this.opener = handler;
	}
}

function hardened() {
	const app = new EventEmitter();
	const contents = new FakeContents();
	const opened: string[] = [];
	hardenApp(app as unknown as App, { logger: silent, openLink: (url) => opened.push(url) });
	app.emit("web-contents-created", {}, contents);
	return { app, contents, opened };
}

const foreign = [
	"https://example.org/",
	"http://ui/",
	"app://ui.evil/index.html",
	"app://ui@evil/index.html",
	"app://evil/",
	"APP://UI.EVIL/",
	"file:///etc/passwd",
	"data:text/html,<script>1</script>",
	"javascript:alert(1)",
	"about:blank",
	"blob:app://ui/1",
	"chrome://settings",
	"devtools://devtools/",
	"",
];

test.each(["will-navigate", "will-frame-navigate", "will-redirect"])(
	"%s: foreign addresses are refused, our own are not",
	(name) => {
		const { contents, opened } = hardened();
		for (const url of foreign) {
			const event = new FakeEvent(url);
			contents.emit(name, event);
			expect([url, event.defaultPrevented]).toEqual([url, true]);
		}
		const own = new FakeEvent("app://ui/index.html#/settings");
		contents.emit(name, own);
		expect(own.defaultPrevented).toBe(false);
		expect(opened).toEqual([]);
	},
);

test("no window opens; its address is offered to the person's browser", () => {
	const { contents, opened } = hardened();
	for (const url of [...foreign, "app://ui/index.html"])
		expect(contents.opener?.({ url })).toEqual({ action: "deny" });
	expect(opened).toHaveLength(foreign.length + 1);
});

test("no webview attaches", () => {
	const { contents } = hardened();
	const event = new FakeEvent();
	contents.emit("will-attach-webview", event, {}, {});
	expect(event.defaultPrevented).toBe(true);
});

test("a bad certificate is never trusted, no client certificate is given", () => {
	const { app } = hardened();
	const answers: unknown[] = [];
	const error = new FakeEvent();
	app.emit(
		"certificate-error",
		error,
		{},
		"https://x",
		"net::ERR_CERT_AUTHORITY_INVALID",
		{},
		(...all: unknown[]) => answers.push(all),
		true,
	);
	const client = new FakeEvent();
	app.emit("select-client-certificate", client, {}, "https://x", [{}], (...all: unknown[]) =>
		answers.push(all),
	);
	expect(answers).toEqual([[false], []]);
	expect([error.defaultPrevented, client.defaultPrevented]).toEqual([true, true]);
});

/** Every permission that the types of the pinned Electron name, so that a new one is covered the day it appears. */
function permissionNames(method: string): string[] {
	const types = readFileSync(
		join(dirname(createRequire(import.meta.url).resolve("electron/package.json")), "electron.d.ts"),
		"utf8",
	);
	const declaration =
		new RegExp(`^ +${method}\\(handler: .*?permission: ((?:'[\\w-]+'(?: \\| )?)+)`, "m").exec(
			types,
		)?.[1] ?? "";
	return [...declaration.matchAll(/'([\w-]+)'/g)].map((match) => match[1] ?? "");
}

test("every permission there is, is refused: asked for, checked, by device and for the screen", () => {
	type Handler = (...parameters: unknown[]) => unknown;
	const handlers = new Map<string, Handler>();
	const session = new Proxy(new EventEmitter(), {
		get: (target, name) =>
			typeof name === "string" && name.startsWith("set")
				? (handler: Handler) => handlers.set(name, handler)
				: (Reflect.get(target, name) as unknown),
	});
	denyPermissions(session as unknown as Session, { logger: silent });
	const requested = permissionNames("setPermissionRequestHandler");
	const checked = permissionNames("setPermissionCheckHandler");
	expect(requested.length).toBeGreaterThan(40);
	expect(checked.length).toBeGreaterThan(40);
	for (const permission of [...requested, "something new"]) {
		const answers: unknown[] = [];
		handlers.get("setPermissionRequestHandler")?.(
			{},
			permission,
			(granted: unknown) => answers.push(granted),
			{},
		);
		expect([permission, answers]).toEqual([permission, [false]]);
	}
	for (const permission of [...checked, "something new"])
		expect(handlers.get("setPermissionCheckHandler")?.(null, permission, "app://ui", {})).toBe(false);
	for (const deviceType of ["hid", "serial", "usb"])
		expect(handlers.get("setDevicePermissionHandler")?.({ deviceType })).toBe(false);
	const streams: unknown[] = [];
	handlers.get("setDisplayMediaRequestHandler")?.({}, (given: unknown) => streams.push(given));
	expect(streams).toEqual([null]);
	const download = new FakeEvent();
	session.emit("will-download", download, {}, {});
	expect(download.defaultPrevented).toBe(true);
});

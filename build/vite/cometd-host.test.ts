import { CometD } from "cometd";
import { expect, test } from "vitest";
import { isCometdModule, withCometdHost } from "./cometd-host.ts";

test("only the client package is changed", () => {
	expect(isCometdModule("/x/node_modules/cometd/Client.js")).toBe(true);
	expect(isCometdModule("C:\\x\\node_modules\\cometd\\Client.js?v=1")).toBe(true);
	expect(isCometdModule("/x/node_modules/cometd-nodejs-server/cometd-nodejs-server.js")).toBe(false);
	expect(isCometdModule("/x/main/adapters/net/cometd/Client.js")).toBe(false);
});

test("the global is renamed, words that contain it are not", () => {
	expect(withCometdHost("window.console; windowSize; a_window.b; new window[x]()")).toBe(
		"globalThis.__cometdHost.console; windowSize; a_window.b; new globalThis.__cometdHost[x]()",
	);
});

test("in vitest the client asks the host object, and no global `window` appears", () => {
	const seen: string[] = [];
	const host = new Proxy({}, { get: (_, name) => (seen.push(String(name)), undefined) });
	Object.assign(globalThis, { __cometdHost: host });
	try {
		const client = new CometD();
		client.configure({ url: "http://127.0.0.1/cometd" });
		expect(seen).toContain("WebSocket");
		expect("window" in globalThis).toBe(false);
	} finally {
		Reflect.deleteProperty(globalThis, "__cometdHost");
	}
});

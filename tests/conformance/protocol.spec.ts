import { afterAll, beforeAll, expect, test } from "vitest";
import { startSession, type DesktopSession } from "../support/session.ts";
import { eventually, launchPlain, type PlainApp } from "./fixture.ts";

let session: DesktopSession;
let app: PlainApp;
beforeAll(async () => {
	session = await startSession({ notifications: false });
	app = await launchPlain(session);
});
afterAll(async () => {
	await app.close();
	await session.stop();
});

test("a page of the app's own scheme is a secure context with an origin", async () => {
	const facts = await app.page.evaluate(() => [
		isSecureContext,
		location.pathname,
		typeof localStorage,
		origin !== "null",
	]);
	expect(facts).toEqual([true, "/index.html", "object", true]);
});

test("the handler sees the request under the app's own address", async () => {
	const answer = await app.page.evaluate(async () => {
		const response = await fetch("asked?x=1", {
			method: "POST",
			headers: { "x-test": "yes" },
			body: "text",
		});
		return (await response.json()) as unknown;
	});
	expect(answer).toEqual({ url: "app://ui/asked?x=1", method: "POST", header: "yes" });
});

test("a status that is not 200 reaches the page", async () => {
	expect(await app.page.evaluate(async () => (await fetch("missing.js")).status)).toBe(404);
});

test("a body of bytes reaches the page as it is, large ones too", async () => {
	const facts = await app.page.evaluate(async () => {
		const bytes = new Uint8Array(await (await fetch("picture")).arrayBuffer());
		const large = new Uint8Array(await (await fetch("large")).arrayBuffer());
		return {
			start: [...bytes.subarray(0, 8)],
			end: [...bytes.subarray(-256)],
			large: [large.length, large[0], large.at(-1)],
		};
	});
	expect(facts).toEqual({
		start: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
		end: Array.from({ length: 256 }, (_, byte) => byte),
		large: [20 * 1024 * 1024, 0xfe, 0xfe],
	});
});

test("a picture that is sandboxed by its own policy is shown in the page", async () => {
	const size = await app.page.evaluate(async () => {
		const picture = new Image();
		picture.src = "picture";
		await picture.decode();
		return [picture.naturalWidth, picture.naturalHeight];
	});
	expect(size).toEqual([1, 1]);
});

test("the handler's content security policy holds", async () => {
	// From a timer, because code that a debugger evaluates may do more than the page's own.
	await app.page.evaluate(() => {
		setTimeout(() => {
			const script = document.createElement("script");
			script.textContent = "globalThis.injected = true";
			document.head.append(script);
			fetch("https://example.invalid/").catch(() => undefined);
		});
	});
	const violations = await eventually(
		() => app.page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations),
		(list) => list.length >= 2,
	);
	expect(violations.sort()).toEqual(["connect-src", "script-src-elem"]);
	expect(await app.page.evaluate(() => "injected" in globalThis)).toBe(false);
});

test("the scheme is known as handled", async () => {
	const answers = await app.main(({ protocol }) => [
		protocol.isProtocolHandled("app"),
		protocol.isProtocolHandled("none"),
	]);
	expect(answers).toEqual([true, false]);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { startSession, type DesktopSession } from "../support/session.ts";
import { eventually, launchPlain, type PlainApp } from "./fixture.ts";

interface Api {
	invoke(channel: string, value?: unknown): Promise<unknown>;
	send(channel: string, ...values: unknown[]): void;
	on(channel: string, listener: (...values: unknown[]) => void): () => void;
}
declare const api: Api;

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

test("invoke carries what structured clone carries", async () => {
	const kinds = await app.page.evaluate(async () => {
		const value = {
			text: "ünïcode 🙂",
			nothing: undefined,
			none: null,
			big: 12345678901234567890n,
			date: new Date(1234),
			map: new Map([["a", 1]]),
			set: new Set([1, 2]),
			bytes: new Uint8Array([1, 2, 255]),
			list: [1, undefined, null],
			infinite: Infinity,
		};
		const back = (await api.invoke("echo", value)) as typeof value;
		return [
			back.text,
			"nothing" in back && (back.nothing as unknown) === undefined,
			back.none,
			back.big === value.big,
			back.date instanceof Date && back.date.getTime(),
			back.map instanceof Map && back.map.get("a"),
			back.set instanceof Set && back.set.size,
			back.bytes instanceof Uint8Array && [...back.bytes],
			back.list[1] === undefined,
			back.infinite === Infinity,
		];
	});
	expect(kinds).toEqual(["ünïcode 🙂", true, null, true, 1234, 1, 2, [1, 2, 255], true, true]);
});

const failure = (channel: string): Promise<string> =>
	app.page.evaluate(async (name) => {
		try {
			await api.invoke(name);
			return "resolved";
		} catch (error) {
			return (error as Error).message;
		}
	}, channel);

test("a handler's error crosses as a text that names the channel", async () => {
	expect(await failure("fail")).toBe("Error invoking remote method 'fail': TypeError: told you so");
});

test("a channel without a handler says so", async () => {
	expect(await failure("nobody")).toBe(
		"Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
	);
});

test("a reply that cannot be cloned is an error", async () => {
	expect(await failure("unclonable")).toContain("An object could not be cloned");
});

test("the sender's frame is the main frame of the window, under the app's own address", async () => {
	expect(await app.page.evaluate(() => api.invoke("sender"))).toEqual({
		url: "app://ui/index.html",
		origin: "app://ui",
		isMain: true,
		parent: null,
		isWindow: true,
	});
});

test("a second handler for a channel is refused until the first is removed", async () => {
	const texts = await app.main(({ ipcMain }) => {
		const attempt = (): string => {
			try {
				ipcMain.handle("echo", (_event, value: unknown) => value);
				return "accepted";
			} catch (error) {
				return (error as Error).message;
			}
		};
		const before = attempt();
		ipcMain.removeHandler("echo");
		return [before, attempt()];
	});
	expect(texts).toEqual(["Attempted to register a second handler for 'echo'", "accepted"]);
});

test("send arrives in order and main's answer comes by send", async () => {
	const heard = await app.page.evaluate(
		() =>
			new Promise<unknown[]>((resolve) => {
				const numbers: unknown[] = [];
				const stop = api.on("noted", (count) => {
					numbers.push(count);
					if (numbers.length < 3) return;
					stop();
					resolve(numbers);
				});
				api.send("note", 1);
				api.send("note", 1, 2);
				api.send("note", 1, 2, 3);
			}),
	);
	expect(heard).toEqual([1, 2, 3]);
	expect(await app.main(() => globalThis.fixture.seen)).toEqual([[1], [1, 2], [1, 2, 3]]);
});

test("a listener that was removed hears nothing", async () => {
	const before = await app.main(() => globalThis.fixture.seen.length);
	const count = await app.page.evaluate(() => {
		let heard = 0;
		const stop = api.on("noted", () => heard++);
		stop();
		api.send("note", "x");
		return heard;
	});
	await eventually(
		() => app.main(() => globalThis.fixture.seen.length),
		(length) => length === before + 1,
	);
	expect(count).toBe(0);
});

test("a message sent by main reaches the page's listener with its values", async () => {
	const heard = app.page.evaluate(
		() =>
			new Promise((resolve) =>
				api.on("push", (...values) => {
					resolve(values);
				}),
			),
	);
	await app.page.waitForFunction(() => true);
	await app.main(() => {
		globalThis.fixture.window.webContents.send("push", { a: [1] }, "two");
	});
	expect(await heard).toEqual([{ a: [1] }, "two"]);
});

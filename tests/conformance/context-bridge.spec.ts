import { afterAll, beforeAll, expect, test } from "vitest";
import { startSession, type DesktopSession } from "../support/session.ts";
import { launchPlain, type PlainApp } from "./fixture.ts";

interface Api {
	add(a: number, b: number): number;
	callBack<T>(callback: (value: T) => T, value: T): T;
	later<T>(value: T): Promise<T>;
	refuse(): Promise<void>;
	throws(): void;
	nested: { deep: { number: number; list: unknown[] } };
	date: Date;
	seesPage(): string;
	sandboxed: boolean;
	isolated: boolean;
	required(name: string): string;
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

test("what is exposed is frozen to the bottom and cannot be replaced", async () => {
	const facts = await app.page.evaluate(() => {
		const property = Object.getOwnPropertyDescriptor(globalThis, "api");
		const deep = api.nested.deep as { number: number };
		try {
			deep.number = 8;
		} catch {
			// Strict code throws, sloppy code does nothing.
		}
		return [
			property?.writable,
			property?.configurable,
			Object.isFrozen(api),
			Object.isFrozen(api.nested.deep),
			Object.isFrozen(api.nested.deep.list),
			deep.number,
		];
	});
	expect(facts).toEqual([false, false, true, true, true, 7]);
});

test("functions, callbacks and promises work across the bridge", async () => {
	const answers = await app.page.evaluate(async () => [
		api.add(2, 3),
		api.callBack((value) => value * 2, 21),
		await api.later({ a: [1, 2] }),
		api.nested.deep.list,
		api.date instanceof Date && api.date.getTime(),
	]);
	expect(answers).toEqual([5, 42, { a: [1, 2] }, [1, 2, { three: 3 }], 5]);
});

test("errors cross with their message", async () => {
	const texts = await app.page.evaluate(async () => {
		const sync = ((): string => {
			try {
				api.throws();
				return "nothing";
			} catch (error) {
				return (error as Error).message;
			}
		})();
		return [sync, await api.refuse().catch((error: unknown) => (error as Error).message)];
	});
	expect(texts[0]).toContain("out of range");
	expect(texts[1]).toContain("refused");
});

test("page and preload live in worlds of their own", async () => {
	const seen = await app.page.evaluate(() => [
		typeof (globalThis as Record<string, unknown>)["preloadSecret"],
		typeof (globalThis as Record<string, unknown>)["require"],
		typeof (globalThis as Record<string, unknown>)["process"],
		typeof (globalThis as Record<string, unknown>)["module"],
		typeof (globalThis as Record<string, unknown>)["ipcRenderer"],
		api.seesPage(),
	]);
	expect(seen).toEqual(["undefined", "undefined", "undefined", "undefined", "undefined", "undefined"]);
});

test("the preload is sandboxed and may require electron only", async () => {
	const facts = await app.page.evaluate(() => [
		api.sandboxed,
		api.isolated,
		api.required("electron"),
		api.required("fs"),
	]);
	expect(facts.slice(0, 3)).toEqual([true, true, "object"]);
	expect(facts[3]).toContain("module not found: fs");
});

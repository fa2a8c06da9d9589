import type { App } from "electron/main";
import { EventEmitter } from "node:events";
import { beforeEach, expect, test } from "vitest";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import type { Logger } from "../../core/ports/runtime.ts";
import { createLifecycle, type LifecycleOptions } from "./lifecycle.ts";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
let clock: VirtualClock;
let steps: string[];
beforeEach(() => {
	clock = new VirtualClock();
	steps = [];
});

/** Quits as Electron does: before-quit, the windows, will-quit; each may stop it. */
class FakeApp extends EventEmitter {
	windowsClose = true;
	quit(): void {
		const event = { prevented: false, preventDefault: () => (event.prevented = true) };
		this.emit("before-quit", event);
		if (event.prevented) return;
		if (!this.windowsClose) return;
		this.emit("will-quit", {});
		steps.push("gone");
	}
	exit(): void {
		steps.push("exit");
	}
}

function lifecycle(stop: LifecycleOptions["stop"], more: Partial<LifecycleOptions> = {}) {
	const app = new FakeApp();
	const made = createLifecycle({
		app: app as unknown as App,
		platform: "linux",
		clock,
		logger: silent,
		stop: (deadline) => {
			steps.push(`stop ${String(deadline)}`);
			return stop(deadline);
		},
		onQuitting: () => steps.push("quitting"),
		onActivate: () => steps.push("activate"),
		livesWithoutWindow: () => true,
		beforeExit: () => steps.push("flush"),
		...more,
	});
	return { app, made };
}

test("quitting stops everything first, then lets the windows close", async () => {
	let stopped = (): void => undefined;
	const { app, made } = lifecycle(() => new Promise((resolve) => (stopped = resolve)));
	expect(made.phase()).toBe("running");
	made.quit();
	expect([made.phase(), steps]).toEqual(["draining", ["stop 2000"]]);
	await clock.advance(1999);
	expect(steps).toEqual(["stop 2000"]);
	stopped();
	await clock.advance(0);
	expect([made.phase(), steps]).toEqual(["leaving", ["stop 2000", "quitting", "flush", "gone"]]);
	expect(app.listenerCount("before-quit")).toBe(1);
});

test("asked again while draining, nothing starts anew", async () => {
	let stopped = (): void => undefined;
	const { made } = lifecycle(() => new Promise((resolve) => (stopped = resolve)));
	made.quit();
	made.quit();
	await clock.advance(1000);
	made.quit();
	expect(clock.pending()).toEqual([1500]);
	stopped();
	await clock.advance(0);
	expect(steps).toEqual(["stop 2000", "quitting", "flush", "gone"]);
});

test("a stop that never ends is left behind after 2.5 s", async () => {
	const { made } = lifecycle(() => new Promise(() => undefined));
	made.quit();
	await clock.advance(2499);
	expect(steps).toEqual(["stop 2000"]);
	await clock.advance(1);
	expect(steps).toEqual(["stop 2000", "quitting", "flush", "gone"]);
});

test("a stop that fails is no reason to stay", async () => {
	const { made } = lifecycle(() => Promise.reject(new Error("x")));
	made.quit();
	await clock.advance(0);
	expect(steps).toEqual(["stop 2000", "quitting", "flush", "gone"]);
});

test("windows that do not close are left behind too", async () => {
	const { app, made } = lifecycle(() => Promise.resolve());
	app.windowsClose = false;
	made.quit();
	await clock.advance(1499);
	expect(steps).toEqual(["stop 2000", "quitting"]);
	await clock.advance(1);
	expect(steps).toEqual(["stop 2000", "quitting", "flush", "exit"]);
});

test("Windows' end of session: stops without being able to wait, once", async () => {
	const { made } = lifecycle(() => Promise.resolve(), { platform: "win32" });
	made.endSession();
	made.endSession();
	await clock.advance(0);
	expect(steps).toEqual(["quitting", "stop 2000", "flush"]);
});

test("without a window: stays where something can bring it back", () => {
	lifecycle(() => Promise.resolve()).app.emit("window-all-closed");
	lifecycle(() => Promise.resolve(), { platform: "darwin", livesWithoutWindow: () => false }).app.emit(
		"window-all-closed",
	);
	expect(steps).toEqual([]);
	lifecycle(() => Promise.resolve(), { livesWithoutWindow: () => false }).app.emit("window-all-closed");
	expect(steps).toEqual(["stop 2000"]);
});

test("chosen in the Dock, the window is wanted", () => {
	lifecycle(() => Promise.resolve()).app.emit("activate", {}, false);
	expect(steps).toEqual(["activate"]);
});

import type { NativeImage } from "electron/common";
import type { Menu, MenuItemConstructorOptions, Tray } from "electron/main";
import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { asAccountId } from "../../../shared/ids.ts";
import { translator } from "../../../shared/i18n/translate.ts";
import type { Logger } from "../../core/ports/runtime.ts";
import type { TrayModel } from "../../core/ports/system.ts";
import type { TrayHost } from "./linux/desktop-services.ts";
import { trayImages } from "./tray-images.ts";
import { createTray, trayMenu, type TrayOptions } from "./tray.ts";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const translate = translator("en");

class FakeTray extends EventEmitter {
	static made: FakeTray[] = [];
	static fails = false;
	readonly calls: unknown[][] = [];
	destroyed = false;
	constructor(image: unknown) {
		super();
		if (FakeTray.fails) throw new Error("Failed to load image");
		FakeTray.made.push(this);
		this.calls.push(["new", image]);
	}
	setImage(image: unknown): void {
		this.calls.push(["image", image]);
	}
	setToolTip(text: string): void {
		this.calls.push(["toolTip", text]);
	}
	setContextMenu(menu: unknown): void {
		this.calls.push(["menu", menu]);
	}
	destroy(): void {
		this.destroyed = true;
	}
	isDestroyed(): boolean {
		return this.destroyed;
	}
}

class FakeHost implements TrayHost {
	present: boolean;
	readonly listeners = new Set<Parameters<TrayHost["onChange"]>[0]>();
	constructor(present: boolean) {
		this.present = present;
	}
	available(): boolean {
		return this.present;
	}
	onChange(listener: Parameters<TrayHost["onChange"]>[0]): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}
	become(change: "appeared" | "disappeared" | "replaced"): void {
		this.present = change !== "disappeared";
		for (const listener of this.listeners) listener(change);
	}
}

beforeEach(() => {
	FakeTray.made = [];
	FakeTray.fails = false;
});

const done: string[] = [];
function tray(host: FakeHost, platform: NodeJS.Platform = "linux") {
	const options: TrayOptions = {
		Tray: FakeTray as unknown as new (image: NativeImage) => Tray,
		Menu: { buildFromTemplate: (template) => template.length as unknown as Menu },
		platform,
		translate,
		host,
		image: (state) => state as unknown as NativeImage,
		actions: {
			open: () => done.push("open"),
			setAgentState: (account, state) => done.push(`${account} ${state}`),
			quit: () => done.push("quit"),
		},
		logger: silent,
	};
	return createTray(options);
}
const model = (more: Partial<TrayModel> = {}): TrayModel => ({
	image: "idle",
	toolTip: "Trunkline: nothing new",
	agentStates: [],
	...more,
});
const account = {
	accountId: asAccountId("a1"),
	label: "agent1 · R&D",
	current: "ready",
	states: [
		{ id: "ready", label: "Ready", kind: "ready" as const },
		{ id: "lunch", label: "Not ready & lunch", kind: "notReady" as const },
	],
};

test("without a host nothing is made; the model is shown as soon as one appears", () => {
	const host = new FakeHost(false);
	const view = tray(host);
	const seen: boolean[] = [];
	view.onAvailability((available) => seen.push(available));
	view.update(model({ image: "unread", toolTip: "3 unread" }));
	expect([view.available(), FakeTray.made.length]).toEqual([false, 0]);
	host.become("appeared");
	expect(view.available()).toBe(true);
	expect(FakeTray.made[0]?.calls).toEqual([
		["new", "unread"],
		["toolTip", "3 unread"],
		["menu", 3],
	]);
	expect(seen).toEqual([true]);
});

test("a host that goes takes the tray away, one that is replaced makes it anew", () => {
	const host = new FakeHost(true);
	const view = tray(host);
	const seen: boolean[] = [];
	view.onAvailability((available) => seen.push(available));
	host.become("replaced");
	expect(FakeTray.made.map((one) => one.destroyed)).toEqual([true, false]);
	host.become("disappeared");
	expect([view.available(), FakeTray.made[1]?.destroyed]).toEqual([false, true]);
	host.become("appeared");
	expect(FakeTray.made).toHaveLength(3);
	expect(seen).toEqual([false, true]);
});

test("only what changed is set, and the menu again whenever it changed", () => {
	const view = tray(new FakeHost(true));
	const calls = FakeTray.made[0]?.calls ?? [];
	view.update(model());
	calls.length = 0;
	view.update(model());
	expect(calls).toEqual([]);
	view.update(model({ image: "alert" }));
	view.update(model({ image: "alert", toolTip: "x" }));
	view.update(model({ image: "alert", toolTip: "x", agentStates: [account] }));
	view.update(model({ image: "alert", toolTip: "x", agentStates: [{ ...account, current: "lunch" }] }));
	expect(calls).toEqual([
		["image", "alert"],
		["toolTip", "x"],
		["menu", 5],
		["menu", 5],
	]);
});

test("a click opens the window, except on macOS where it opens the menu", () => {
	done.length = 0;
	tray(new FakeHost(true), "linux");
	tray(new FakeHost(true), "darwin");
	for (const one of FakeTray.made) one.emit("click");
	expect(done).toEqual(["open"]);
});

test("a tray that cannot be made is no tray, and no crash", () => {
	FakeTray.fails = true;
	const view = tray(new FakeHost(true));
	expect(view.available()).toBe(false);
	view.update(model());
	view.destroy();
});

test("once destroyed it stays away", () => {
	const host = new FakeHost(true);
	const view = tray(host);
	view.destroy();
	host.become("replaced");
	expect([view.available(), FakeTray.made.length, FakeTray.made[0]?.destroyed]).toEqual([false, 1, true]);
	expect(host.listeners.size).toBe(0);
});

test("the menu: open, the states of each account that has any, quit", () => {
	done.length = 0;
	const items = trayMenu(model({ agentStates: [account, { ...account, states: [] }] }), translate, {
		open: () => done.push("open"),
		setAgentState: (id, state) => done.push(`${id} ${state}`),
		quit: () => done.push("quit"),
	});
	expect(items.map((item) => item.label ?? "-")).toEqual([
		"Open Trunkline",
		"-",
		"Agent state: agent1 · R&&D",
		"-",
		"Quit Trunkline",
	]);
	const states = items[2]?.submenu as MenuItemConstructorOptions[];
	expect(states.map((item) => [item.label, item.type, item.checked])).toEqual([
		["Ready", "radio", true],
		["Not ready && lunch", "radio", false],
	]);
	for (const item of [items[0], states[1], items[4]]) (item?.click as unknown as () => void)();
	expect(done).toEqual(["open", "a1 lunch", "quit"]);
});

test("the pictures exist for every state and platform, and are read once", () => {
	const folder = join(import.meta.dirname, "..", "..", "..", "build", "icons", "tray");
	for (const platform of ["linux", "win32", "darwin"] as const) {
		const read: string[] = [];
		const image = trayImages({
			nativeImage: {
				createFromPath: (path) => {
					read.push(path);
					return {
						addRepresentation: ({ buffer }: { buffer: Buffer }) =>
							read.push(String(buffer.length)),
					} as unknown as NativeImage;
				},
			},
			platform,
			folder,
		});
		for (const state of ["idle", "unread", "alert", "idle"] as const) image(state);
		const files = read.filter((path) => path.endsWith(".png"));
		expect(files).toHaveLength(3);
		for (const file of files) expect([file, existsSync(file)]).toEqual([file, true]);
		if (platform === "darwin") for (const file of files) expect(file).toMatch(/Template\.png$/);
	}
});

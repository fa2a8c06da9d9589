import type { NativeImage } from "electron/common";
import type { BrowserWindow, Net, PowerMonitor, Session } from "electron/main";
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { translator } from "../../../shared/i18n/translate.ts";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import type { Logger } from "../../core/ports/runtime.ts";
import { createBadge } from "./badge.ts";
import { createExternalLinks } from "./external-links.ts";
import { createPowerAndNetwork, quitOnShutdown } from "./power-and-network.ts";
import { configureSpellChecker } from "./spell-checker.ts";
import { systemClock, systemRandom } from "./system-clock.ts";
import { applyTheme, backgroundNow } from "./theme.ts";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

test("links: only what may leave is opened, as it was written anew; a refusal is a value", async () => {
	const opened: string[] = [];
	let fails = false;
	const links = createExternalLinks(
		{
			openExternal: (url) => {
				opened.push(url);
				return fails ? Promise.reject(new Error("no handler")) : Promise.resolve();
			},
		},
		silent,
	);
	expect(await links.open("HTTPS://Example.org")).toEqual({ ok: true, value: null });
	expect(await links.open("file:///etc/passwd")).toEqual({ ok: false, error: { code: "link.refused" } });
	fails = true;
	expect(await links.open("tel:+1555")).toEqual({ ok: false, error: { code: "link.refused" } });
	expect(opened).toEqual(["https://example.org/", "tel:+1555"]);
});

test("badge: a number on macOS and Linux, a mark with words on Windows", () => {
	const calls: unknown[][] = [];
	const window = {
		isDestroyed: () => false,
		setOverlayIcon: (...all: unknown[]) => calls.push(all),
	} as unknown as BrowserWindow;
	const badge = (platform: NodeJS.Platform, target: BrowserWindow | null = window) =>
		createBadge({
			app: { setBadgeCount: (count) => calls.push(["count", count]) > 0 },
			platform,
			translate: translator("en"),
			window: () => target,
			overlay: () => "mark" as unknown as NativeImage,
		});
	badge("linux").set(3);
	badge("darwin").set(0);
	badge("win32").set(2);
	badge("win32").set(1);
	badge("win32").set(0);
	badge("win32", null).set(1);
	expect(calls).toEqual([
		["count", 3],
		["count", 0],
		["mark", "2 unread messages"],
		["mark", "1 unread message"],
		[null, ""],
	]);
});

test("theme: set only when it differs; the window's background fits it", () => {
	let set = 0;
	const theme = {
		value: "system" as "system" | "light" | "dark",
		get themeSource() {
			return this.value;
		},
		set themeSource(value) {
			set++;
			this.value = value;
		},
	};
	applyTheme(theme, "system");
	applyTheme(theme, "dark");
	applyTheme(theme, "dark");
	expect([theme.value, set]).toEqual(["dark", 1]);
	expect(backgroundNow({ shouldUseDarkColors: true })).not.toBe(
		backgroundNow({ shouldUseDarkColors: false }),
	);
});

test.each([
	["linux", ["de-CH", "en-US", "fr"], ["de", "en-US", "fr"]],
	["linux", ["en", "en-US", "EN-us"], ["en-GB", "en-US"]],
	["linux", ["tlh", "x"], null],
	["win32", ["fr", "de", "en-US", "en-GB"], ["fr", "de", "en-US"]],
	["darwin", ["de"], null],
] as const)("spelling on %s for %j", (platform, languages, expected) => {
	let chosen: string[] | null = null;
	let enabled = false;
	const session = {
		availableSpellCheckerLanguages: ["de", "en-GB", "en-US", "fr"],
		setSpellCheckerEnabled: (on: boolean) => (enabled = on),
		setSpellCheckerLanguages: (all: string[]) => (chosen = all),
	} as unknown as Session;
	configureSpellChecker({ session, platform, languages, logger: silent });
	expect([enabled, chosen]).toEqual([true, expected]);
});

test("spelling: a refused language is no crash", () => {
	const session = {
		availableSpellCheckerLanguages: ["de"],
		setSpellCheckerEnabled: () => undefined,
		setSpellCheckerLanguages: () => {
			throw new Error("Invalid language code provided");
		},
	} as unknown as Session;
	expect(configureSpellChecker({ session, platform: "linux", languages: ["de"], logger: silent })).toEqual(
		[],
	);
});

test("sleep and wake come from the system, and listeners can stop", () => {
	const powerMonitor = new EventEmitter();
	const seen: string[] = [];
	const power = createPowerAndNetwork({
		powerMonitor: powerMonitor as unknown as PowerMonitor,
		net: { isOnline: () => true },
		clock: new VirtualClock(),
	});
	const stops = [power.onSuspend(() => seen.push("suspend")), power.onResume(() => seen.push("resume"))];
	powerMonitor.emit("suspend");
	powerMonitor.emit("resume");
	for (const stop of stops) stop();
	powerMonitor.emit("resume");
	expect(seen).toEqual(["suspend", "resume"]);
});

test("the network's return is noticed within two seconds of looking, once, and nobody looks when nobody listens", async () => {
	const clock = new VirtualClock();
	const network = { online: true };
	const net: Pick<Net, "isOnline"> = { isOnline: () => network.online };
	const power = createPowerAndNetwork({
		powerMonitor: new EventEmitter() as unknown as PowerMonitor,
		net,
		clock,
	});
	expect([power.isOnline(), clock.pending()]).toEqual([true, []]);
	let returned = 0;
	const stop = power.onOnline(() => returned++);
	await clock.advance(60_000);
	network.online = false;
	await clock.advance(10_000);
	expect(returned).toBe(0);
	network.online = true;
	await clock.advance(2_000);
	expect(returned).toBe(1);
	await clock.advance(60_000);
	expect(returned).toBe(1);
	stop();
	expect(clock.pending()).toEqual([]);
});

test("a shutdown is asked to wait, and quitting begins; Windows has its own way", () => {
	const powerMonitor = new EventEmitter();
	let quits = 0;
	let prevented = 0;
	quitOnShutdown(powerMonitor as unknown as PowerMonitor, "linux", () => quits++);
	powerMonitor.emit("shutdown", { preventDefault: () => prevented++ });
	powerMonitor.emit("shutdown");
	quitOnShutdown(powerMonitor as unknown as PowerMonitor, "win32", () => quits++);
	expect([quits, prevented, powerMonitor.listenerCount("shutdown")]).toEqual([2, 1, 1]);
});

test("the computer's clock: runs what is due, forgets what is cancelled, and holds nothing for ever", async () => {
	const clock = systemClock();
	const before = clock.monotonic();
	await new Promise<void>((resolve) => {
		const cancel = clock.after(0, () => {
			throw new Error("was cancelled");
		});
		cancel();
		clock.after(1, resolve);
	});
	expect(clock.monotonic()).toBeGreaterThan(before);
	expect(Math.abs(clock.now() - Date.now())).toBeLessThan(5000);
	// Longer than setTimeout can count: must not fire at once.
	let fired = false;
	const cancel = clock.after(2 ** 31 + 5, () => (fired = true));
	await new Promise<void>((resolve) => clock.after(5, resolve));
	cancel();
	expect(fired).toBe(false);
	expect(systemRandom().uuid()).not.toBe(systemRandom().uuid());
	expect(systemRandom().next()).toBeLessThan(1);
});

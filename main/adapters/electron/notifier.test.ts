import type { ActivationArguments, Notification, NotificationConstructorOptions } from "electron/main";
import { EventEmitter } from "node:events";
import { beforeEach, expect, test } from "vitest";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import type { Logger } from "../../core/ports/runtime.ts";
import type { NotificationContent } from "../../core/ports/system.ts";
import { createNotifier, type NotificationClass } from "./notifier.ts";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** Steps of all notifications in order, as "what title". */
let steps: string[] = [];
class FakeNotification extends EventEmitter {
	static supported = true;
	static answer: "show" | "failed" | "nothing" | "throw" = "show";
	static activation: ((details: ActivationArguments) => void) | undefined;
	static made: FakeNotification[] = [];
	readonly options: NotificationConstructorOptions;
	constructor(options: NotificationConstructorOptions) {
		super();
		this.options = options;
		FakeNotification.made.push(this);
	}
	static isSupported(): boolean {
		return FakeNotification.supported;
	}
	static handleActivation(callback: (details: ActivationArguments) => void): void {
		FakeNotification.activation = callback;
	}
	show(): void {
		if (FakeNotification.answer === "throw") throw new Error("no bus");
		steps.push(`show ${this.options.title ?? ""}`);
		if (FakeNotification.answer === "show") this.emit("show", {});
		if (FakeNotification.answer === "failed") this.emit("failed", {}, "0x803E0114");
	}
	close(): void {
		steps.push(`close ${this.options.title ?? ""}`);
		this.emit("close", {});
	}
}

let clock: VirtualClock;
beforeEach(() => {
	clock = new VirtualClock();
	steps = [];
	FakeNotification.supported = true;
	FakeNotification.answer = "show";
	FakeNotification.activation = undefined;
	FakeNotification.made = [];
});

let daemon: () => Promise<boolean> = () => Promise.resolve(true);
let markup = true;
const old: (string | null)[] = [];
const notifier = (platform: NodeJS.Platform = "linux") =>
	createNotifier({
		Notification: FakeNotification as unknown as NotificationClass & (new () => Notification),
		platform,
		clock,
		logger: silent,
		daemonPresent: () => daemon(),
		readsMarkup: () => Promise.resolve(markup),
		onOldActivation: (key) => old.push(key),
	});
const content = (title: string, more: Partial<NotificationContent> = {}): NotificationContent => ({
	title,
	body: "b",
	silent: false,
	urgent: false,
	...more,
});
const clicked: string[] = [];
const click = (what: string) => (): void => void clicked.push(what);

test("one live notification a key: the old one is closed before the new one shows", async () => {
	const one = notifier();
	expect(await one.show("c1", content("a"), click("a"))).toBe("shown");
	expect(await one.show("c2", content("x"), click("x"))).toBe("shown");
	expect(await one.show("c1", content("b"), click("b"))).toBe("shown");
	expect(steps).toEqual(["show a", "show x", "close a", "show b"]);
	clicked.length = 0;
	FakeNotification.made[2]?.emit("click", {});
	FakeNotification.made[1]?.emit("click", {});
	expect(clicked).toEqual(["b", "x"]);
});

test("closing closes once; closing all closes what is left", async () => {
	const one = notifier();
	await one.show("c1", content("a"), click("a"));
	await one.show("c2", content("b"), click("b"));
	one.close("c1");
	one.close("c1");
	one.closeAll();
	one.closeAll();
	expect(steps).toEqual(["show a", "show b", "close a", "close b"]);
});

test("sound, urgency and text are the caller's; ids go where they mean something", async () => {
	await notifier("linux").show("c1", content("a", { silent: true, urgent: true }), click("a"));
	await notifier("darwin").show("c1", content("a"), click("a"));
	await notifier("win32").show("c1", content("a"), click("a"));
	expect(FakeNotification.made.map((one) => one.options)).toEqual([
		{ title: "a", body: "b", silent: true, urgency: "critical" },
		{ title: "a", body: "b", silent: false, id: "c1" },
		{ title: "a", body: "b", silent: false, id: "c1", urgency: "normal" },
	]);
});

test("what somebody wrote is never markup: escaped for a daemon on Linux that reads it, else as it is", async () => {
	const body = '1 < 2 &amp; <img src="http://x/"> <a href="http://x/">bank</a>';
	const shown = async (platform: NodeJS.Platform): Promise<string | undefined> => {
		await notifier(platform).show("c1", content("a & <b>", { body }), click("a"));
		const options = FakeNotification.made.at(-1)?.options;
		expect(options?.title).toBe("a & <b>");
		return options?.body;
	};
	expect(await shown("linux")).toBe(
		'1 &lt; 2 &amp;amp; &lt;img src="http://x/"&gt; &lt;a href="http://x/"&gt;bank&lt;/a&gt;',
	);
	expect(await shown("win32")).toBe(body);
	expect(await shown("darwin")).toBe(body);
	markup = false;
	expect(await shown("linux")).toBe(body);
	markup = true;
});

test("Linux without a daemon, or no support at all: said so, nothing is made", async () => {
	daemon = () => Promise.resolve(false);
	expect(await notifier("linux").show("c1", content("a"), click("a"))).toBe("noDaemon");
	expect(await notifier("win32").show("c1", content("a"), click("a"))).toBe("shown");
	daemon = () => Promise.resolve(true);
	FakeNotification.supported = false;
	expect(await notifier("win32").show("c1", content("a"), click("a"))).toBe("noDaemon");
	expect(FakeNotification.made).toHaveLength(1);
});

test("closed or shown again while the daemon was looked for: the last word counts", async () => {
	let answer = (_present: boolean): void => undefined;
	daemon = () => new Promise((resolve) => (answer = resolve));
	const one = notifier();
	const first = one.show("c1", content("a"), click("a"));
	const answerFirst = answer;
	const second = one.show("c1", content("b", { silent: true }), click("b"));
	answer(true);
	expect(await second).toBe("shown");
	answerFirst(true);
	// It was never on the screen, and nobody is told that it was; the sound it was to make is not lost with it.
	expect(await first).toBe("superseded");
	expect(FakeNotification.made[0]?.options.silent).toBe(false);
	const third = one.show("c1", content("c"), click("c"));
	one.close("c1");
	answer(true);
	expect(await third).toBe("superseded");
	expect(steps).toEqual(["show b", "close b"]);
	daemon = () => Promise.resolve(true);
});

test("a failure is a result: reported, denied, thrown; silence counts as shown", async () => {
	const one = notifier("win32");
	FakeNotification.answer = "failed";
	expect(await one.show("c1", content("a"), click("a"))).toBe("failed");
	FakeNotification.answer = "nothing";
	const denied = one.show("c1", content("b"), click("b"));
	await clock.advance(0);
	FakeNotification.made[1]?.emit("failed", {}, "Notifications are not allowed for this application");
	expect(await denied).toBe("denied");
	const quiet = one.show("c1", content("c"), click("c"));
	await clock.advance(3000);
	expect(await quiet).toBe("shown");
	FakeNotification.answer = "throw";
	expect(await one.show("c2", content("d"), click("d"))).toBe("failed");
	expect(clock.pending().filter((ms) => ms < 3000)).toEqual([]);
});

test("Windows: a click on a notification of an earlier run is told with its key; ours are left to their callback", async () => {
	old.length = 0;
	const one = notifier("win32");
	await one.show("c1", content("a"), click("a"));
	for (const text of ["type=click&tag=c1", "type=click&tag=c9", "something else"])
		FakeNotification.activation?.({ type: "click", arguments: text });
	expect(old).toEqual(["c9", null]);
	FakeNotification.activation = undefined;
	notifier("linux");
	notifier("darwin");
	expect(FakeNotification.activation).toBeUndefined();
});

test("Windows keeps a closed notification clickable, the others forget it", async () => {
	clicked.length = 0;
	await notifier("win32").show("c1", content("a"), click("windows"));
	FakeNotification.made[0]?.emit("close", {});
	FakeNotification.made[0]?.emit("click", {});
	expect(clicked).toEqual(["windows"]);
});

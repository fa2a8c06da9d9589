import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { commandNames } from "../../../shared/ipc/names.ts";
import { appPath } from "../../support/launch.ts";
import { composer, message, messages, openConversation, write } from "../support/forms.ts";
import { ann } from "../support/simulator.ts";
import { type OpenApp, startScene } from "../support/story.ts";
import { maya, startDesk, until } from "./support/desk.ts";
import { inside, watchViolations } from "./support/inside.ts";

async function startWelcome(): Promise<OpenApp> {
	const scene = await startScene();
	const open = await scene.launch();
	await open.page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	return open;
}

test("the page has no Node and no Electron, and a frozen bridge of two functions", async () => {
	const { page } = await startWelcome();
	const world = await inside(page, () => {
		const names = [
			"require",
			"process",
			"module",
			"exports",
			"global",
			"Buffer",
			"electron",
			"__dirname",
			"ipcRenderer",
		];
		const descriptor = Object.getOwnPropertyDescriptor(window, "app");
		return {
			found: names.filter((name) => name in globalThis),
			keys: Reflect.ownKeys(window.app).map(String).toSorted(),
			frozen: Object.isFrozen(window.app),
			writable: descriptor?.writable,
			configurable: descriptor?.configurable,
			secure: isSecureContext,
		};
	});
	expect(world).toEqual({
		found: [],
		keys: ["invoke", "on"],
		frozen: true,
		writable: false,
		configurable: false,
		secure: true,
	});
	const replaced = await inside(page, () => {
		"use strict";
		(window as unknown as { app: unknown }).app = { invoke: null };
		return "replaced";
	});
	expect(replaced).toBe("TypeError");
});

test("a listener gets the payload and nothing else", async () => {
	const desk = await startDesk();
	await desk.page.evaluate(() => {
		const seen: unknown[][] = [];
		Object.assign(globalThis, { seenPayloads: seen });
		window.app.on("changes", (...values: unknown[]) => seen.push(values));
	});
	await desk.centre.writesToAnn(maya.number, "hello");
	await until(
		() =>
			desk.page.evaluate(
				() => (globalThis as unknown as { seenPayloads: unknown[][] }).seenPayloads.length > 0,
			),
		true,
	);
	const seen = await desk.page.evaluate(() =>
		(globalThis as unknown as { seenPayloads: unknown[][] }).seenPayloads.map((values) => [
			values.length,
			Object.keys(values[0] as object).toSorted(),
		]),
	);
	for (const each of seen) expect(each).toEqual([1, ["at", "changes", "revision"]]);
});

test("the policy blocks inline script, eval, remote pictures, styles, frames, workers and requests", async () => {
	const { page } = await startWelcome();
	const violations = await watchViolations(page);
	expect(await inside(page, () => eval("1 + 1") as number)).toBe("EvalError");
	expect(await inside(page, () => fetch("https://example.invalid/").then(() => "answered"))).toBe(
		"TypeError",
	);
	expect(
		await inside(page, () => {
			const script = document.createElement("script");
			script.text = "window.ran = true";
			document.body.append(script);
			return "ran" in window;
		}),
	).not.toBe(true);
	// Trusted types: no text becomes markup.
	expect(
		await inside(page, () => {
			document.createElement("div").innerHTML = "<b>bold</b>";
			return "parsed";
		}),
	).toBe("TypeError");
	await inside(page, () => {
		const picture = document.createElement("img");
		picture.src = "https://example.invalid/a.png";
		const frame = document.createElement("iframe");
		frame.src = "https://example.invalid/";
		const style = document.createElement("link");
		style.rel = "stylesheet";
		style.href = "https://example.invalid/a.css";
		document.body.append(picture, frame, style);
	});
	const directives = async () =>
		[...new Set((await violations()).map((each) => each.split(" ")[0]))].toSorted();
	await until(directives, [
		"connect-src",
		"frame-src",
		"img-src",
		"require-trusted-types-for",
		"style-src-elem",
	]);
});

test("a normal run violates nothing and says nothing in the console", async () => {
	const desk = await startDesk();
	const violations = await watchViolations(desk.page);
	await desk.centre.writesToAnn(maya.number, "see https://example.invalid/a?b=c and <b>this</b>");
	await openConversation(desk.page, maya.name);
	await write(desk.page, "thank you");
	await message(desk.page, "thank you", "delivered").waitFor();
	await desk.page.keyboard.press("Control+,");
	for (const tab of ["Notifications", "Accounts", "About"])
		await desk.page.getByRole("tab", { name: tab }).click();
	await desk.page.getByRole("button", { name: "Inbox" }).click();
	await desk.page.getByRole("button", { name: "New message" }).click();
	await desk.page.getByRole("combobox", { name: "To" }).pressSequentially("an");
	await desk.page.getByRole("listbox", { name: "To" }).getByRole("option").first().waitFor();
	expect(await violations()).toEqual([]);
	expect(desk.complaints).toEqual([]);
});

test("no new windows, no way out of the page; an honest link goes to the browser", async () => {
	const { app, page } = await startWelcome();
	const before = appPath(page);
	await app.electron.evaluate(({ shell }) => {
		const opened: string[] = [];
		Object.assign(globalThis, { openedLinks: opened });
		shell.openExternal = (url: string) => {
			opened.push(url);
			return Promise.resolve();
		};
	});
	const hostile = ["javascript:alert(1)", "file:///etc/passwd", "smb://host/share", "app://ui/index.html"];
	for (const url of ["https://example.invalid/page", ...hostile]) {
		await page.evaluate((address) => {
			setTimeout(() => window.open(address), 0);
		}, url);
		await page.evaluate((address) => {
			const link = document.createElement("a");
			link.href = address;
			link.target = "_blank";
			document.body.append(link);
			setTimeout(() => {
				link.click();
			}, 0);
		}, url);
	}
	await inside(page, () => {
		location.href = "https://example.invalid/elsewhere";
	});
	await until(
		() => app.electron.evaluate(() => (globalThis as unknown as { openedLinks: string[] }).openedLinks),
		["https://example.invalid/page", "https://example.invalid/page"],
	);
	await until(() => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length), 1);
	expect(appPath(page)).toBe(before);
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
});

test("permissions are denied", async () => {
	const { page } = await startWelcome();
	const answers = await inside(page, async () => ({
		notification: Notification.permission,
		geolocation: (await navigator.permissions.query({ name: "geolocation" })).state,
		camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(
			() => "granted",
			() => "refused",
		),
		clipboard: await navigator.clipboard.readText().then(
			() => "granted",
			() => "refused",
		),
	}));
	expect(answers).toEqual({
		notification: "denied",
		geolocation: "denied",
		camera: "refused",
		clipboard: "refused",
	});
});

test("hostile commands are refused as values, and the app goes on", async () => {
	const { page, complaints } = await startWelcome();
	const answers = await page.evaluate(async (names) => {
		const invoke = (name: unknown, input: unknown): Promise<unknown> =>
			window.app.invoke(name as never, input as never);
		const hostile: unknown[] = [
			undefined,
			1,
			"text",
			[],
			{ extra: true },
			{ accountId: "" },
			{ url: "x".repeat(5000) },
			{ accountId: { toString: 1 } },
			{ __proto__: { polluted: true } },
		];
		const wrongNames: unknown[] = [
			"",
			"constructor",
			"__proto__",
			"app.snapshot ",
			"accounts.secret",
			null,
			7,
			{},
		];
		const collected: unknown[] = [];
		for (const name of wrongNames) collected.push(await invoke(name, null));
		for (const name of names) {
			if (name === "settings.patch") continue;
			for (const input of hostile) collected.push(await invoke(name, input));
		}
		collected.push(
			await invoke("settings.patch", { theme: "purple" }),
			await invoke("settings.patch", { unknown: 1 }),
		);
		return collected;
	}, commandNames);
	expect(answers.length).toBeGreaterThan(200);
	for (const answer of answers) expect(answer).toEqual({ ok: false, error: { code: "input.invalid" } });
	await page.getByRole("button", { name: "Try practice mode" }).waitFor();
	expect(complaints).toEqual([]);
});

test("what somebody writes is text: markup, script, bidirectional marks", async () => {
	const desk = await startDesk();
	const hostile = [
		'<img src=x onerror="window.ran=true"><script>window.ran=true</script>',
		"{@html '<b>x</b>'} {{7*7}} javascript:alert(1)",
		"\u202Egnp.exe\u202C and \u2066isolated\u2069",
	];
	await desk.centre.writesToAnn(maya.number, ...hostile);
	await openConversation(desk.page, maya.name);
	for (const text of hostile) await message(desk.page, text).waitFor();
	expect(await desk.page.evaluate(() => "ran" in window)).toBe(false);
	expect(await messages(desk.page).locator("img, script, b").count()).toBe(0);
	// The composer and its route line are not turned round by what came before them.
	expect(await composer(desk.page).evaluate((element) => getComputedStyle(element).direction)).toBe("ltr");
	expect(desk.complaints).toEqual([]);
});

test("no command, event, page or heap holds the password; the profile is for its owner only", async () => {
	const desk = await startDesk();
	const canary = ann.password;
	const replies = await desk.page.evaluate(async () => {
		const said: unknown[] = [];
		window.app.on("changes", (payload) => said.push(payload));
		const snapshot = await window.app.invoke("app.snapshot", null);
		said.push(snapshot);
		if (snapshot.ok)
			for (const { id } of snapshot.value.accounts) {
				said.push(await window.app.invoke("accounts.check", { accountId: id }));
				said.push(await window.app.invoke("accounts.reconnect", { accountId: id }));
				said.push(await window.app.invoke("directory.search", { accountId: id, query: "a" }));
			}
		said.push(await window.app.invoke("app.copyDiagnostics", null));
		return JSON.stringify(said);
	});
	expect(replies).toContain(ann.userName);
	expect(replies).not.toContain(canary);

	const devtools = await desk.page.context().newCDPSession(desk.page);
	let heap = "";
	devtools.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => {
		heap += chunk;
	});
	await devtools.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
	expect(heap).toContain(ann.userName);
	expect(heap).not.toContain("Quite-Unlikely-7731");

	const { profile } = desk.app;
	expect((await stat(profile)).mode & 0o777).toBe(0o700);
	const ours = (await readdir(profile, { recursive: true, withFileTypes: true })).filter(
		(entry) =>
			entry.isFile() &&
			/\.(json|log|last-good)$/.test(entry.name) &&
			[profile, path.join(profile, "logs")].includes(entry.parentPath),
	);
	expect(ours.map(({ name }) => name)).toEqual(expect.arrayContaining(["accounts.json"]));
	for (const { name, parentPath } of ours)
		expect({ name, mode: (await stat(path.join(parentPath, name))).mode & 0o777 }).toEqual({
			name,
			mode: 0o600,
		});
});

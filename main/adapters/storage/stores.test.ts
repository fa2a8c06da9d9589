import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { asAccountId, asLineId } from "../../../shared/ids.ts";
import { defaultSettings, type Settings, type SettingsPatch } from "../../../shared/settings.ts";
import { VirtualClock } from "../../../tests/servers/virtual-clock.ts";
import type { Logger } from "../../core/ports/runtime.ts";
import type { AccountRecord } from "../../core/ports/stores.ts";
import { openAccountFile } from "./account-file.ts";
import type { JsonFileSystem } from "./atomic-json.ts";
import { openSettingsFile } from "./settings-file.ts";
import { openWorkstationFile } from "./workstation-file.ts";
import { workstationId, type WorkstationIdOptions } from "./workstation-id.ts";

const clock = new VirtualClock();
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
let folder: string;
beforeEach(async () => {
	folder = await fs.mkdtemp(join(tmpdir(), "stores-"));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

const options = () => ({ folder, clock, logger: silent });
const readOnly: JsonFileSystem = {
	...fs,
	rename: () => Promise.reject(Object.assign(new Error("EROFS: read-only"), { code: "EROFS" })),
};
const put = (name: string, value: unknown): Promise<void> =>
	fs.writeFile(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
const onDisk = async (name: string): Promise<unknown> =>
	JSON.parse(await fs.readFile(join(folder, name), "utf8"));

test("without a file the settings are the defaults, and nothing is written before a change", async () => {
	const settings = await openSettingsFile(options());
	expect(settings.opened).toBe("missing");
	expect(settings.get()).toEqual(defaultSettings);
	expect(await fs.readdir(folder)).toEqual([]);
});

test("a change is kept for the next run and told to listeners until they stop", async () => {
	const settings = await openSettingsFile(options());
	const seen: Settings[] = [];
	const stop = settings.subscribe((now) => seen.push(now));
	expect(await settings.patch({ theme: "dark" })).toEqual({ ...defaultSettings, theme: "dark" });
	stop();
	await settings.patch({ sendKey: "ctrlEnter" });
	expect(seen).toEqual([{ ...defaultSettings, theme: "dark" }]);
	expect((await openSettingsFile(options())).get()).toEqual({
		...defaultSettings,
		theme: "dark",
		sendKey: "ctrlEnter",
	});
});

test("a wrong value falls back by itself; the others, unknown keys and a newer version stay", async () => {
	await put("settings.json", {
		version: 7,
		theme: "purple",
		sendKey: "ctrlEnter",
		genesysSoftLimit: 1e9,
		future: { a: 1 },
	});
	const settings = await openSettingsFile(options());
	expect(settings.get()).toEqual({ ...defaultSettings, sendKey: "ctrlEnter" });
	await settings.patch({ theme: "light" });
	expect(await onDisk("settings.json")).toEqual({
		...defaultSettings,
		version: 7,
		theme: "light",
		sendKey: "ctrlEnter",
		future: { a: 1 },
	});
});

test("a broken settings file: the last good copy, or the defaults, and the app is told", async () => {
	const first = await openSettingsFile(options());
	await first.patch({ theme: "dark" });
	await first.patch({ sendKey: "ctrlEnter" });
	await put("settings.json", '{"theme":');
	const second = await openSettingsFile(options());
	expect([second.opened, second.get().theme]).toEqual(["restored", "dark"]);
	await put("settings.json", "[]");
	await fs.rm(join(folder, "settings.json.last-good"));
	const third = await openSettingsFile(options());
	expect([third.opened, third.get()]).toEqual(["broken", defaultSettings]);
});

test("a change that cannot be written is said so and holds for this run", async () => {
	const settings = await openSettingsFile({ ...options(), files: readOnly });
	await expect(settings.patch({ theme: "dark" })).rejects.toMatchObject({
		error: { code: "settings.unwritable" },
	});
	expect(settings.get().theme).toBe("dark");
});

test("what is no valid patch changes nothing", async () => {
	const settings = await openSettingsFile(options());
	await expect(settings.patch({ theme: "purple" } as unknown as SettingsPatch)).rejects.toMatchObject({
		error: { code: "input.invalid" },
	});
	await expect(settings.patch({ other: 1 } as unknown as SettingsPatch)).rejects.toMatchObject({
		error: { code: "input.invalid" },
	});
	expect(settings.get()).toEqual(defaultSettings);
});

test("the soft limit under its earlier name is read once and written under its own", async () => {
	await put("settings.json", { version: 1, genesysSoftLimit: 300, sendKey: "ctrlEnter" });
	const settings = await openSettingsFile(options());
	expect(settings.get()).toEqual({ ...defaultSettings, softLimit: 300, sendKey: "ctrlEnter" });
	await settings.patch({ theme: "light" });
	expect(await onDisk("settings.json")).toEqual({
		...defaultSettings,
		version: 1,
		softLimit: 300,
		sendKey: "ctrlEnter",
		theme: "light",
	});
	expect((await openSettingsFile(options())).get().softLimit).toBe(300);
	// Where both are, the own name has the word.
	await put("settings.json", { softLimit: 400, genesysSoftLimit: 300 });
	expect((await openSettingsFile(options())).get().softLimit).toBe(400);
});

test("a wrong template costs itself only; so does a second one with the same id", async () => {
	const template = (id: string, more = {}) => ({ id, title: "Hello", text: "Hello {name}", ...more });
	await put("settings.json", {
		templates: [
			template("a"),
			template("b", { text: "" }),
			template("c", { later: 1 }),
			7,
			null,
			{ id: "d", title: 5, text: "x" },
			template("a", { title: "again" }),
			template("e", { title: "x".repeat(101) }),
		],
	});
	expect((await openSettingsFile(options())).get().templates).toEqual([template("a"), template("c")]);
	await put("settings.json", { templates: { a: 1 }, softLimit: 60 });
	expect((await openSettingsFile(options())).get()).toEqual({ ...defaultSettings, softLimit: 60 });
	const many = Array.from({ length: 250 }, (_, index) => template(String(index)));
	await put("settings.json", { templates: many });
	expect((await openSettingsFile(options())).get().templates).toEqual(many.slice(0, 200));
});

const account: AccountRecord = {
	id: asAccountId("a1"),
	system: "genesys",
	server: "https://gws.example",
	userName: "agent1",
	encrypted: true,
	options: { place: "p" },
	method: "password",
	secretKeeping: "keychain",
};

test("accounts are kept, replaced and removed", async () => {
	const accounts = await openAccountFile(options());
	expect(await accounts.list()).toEqual([]);
	await accounts.save(account);
	await accounts.save({ ...account, id: asAccountId("a2"), options: {}, signedOut: true });
	await accounts.save({ ...account, userName: "agent2" });
	expect((await (await openAccountFile(options())).list()).map((one) => [one.id, one.userName])).toEqual([
		["a1", "agent2"],
		["a2", "agent1"],
	]);
	await accounts.remove(asAccountId("a1"));
	await accounts.remove(asAccountId("never"));
	const left = await (await openAccountFile(options())).list();
	expect(left.map((one) => [one.id, one.signedOut])).toEqual([["a2", true]]);
});

test("a secret in a record is refused, never written", async () => {
	const accounts = await openAccountFile(options());
	await expect(accounts.save({ ...account, secret: "sesame" } as AccountRecord)).rejects.toThrow(
		"internal",
	);
	expect(await fs.readdir(folder)).toEqual([]);
});

test("accounts of a newer version are not listed and not lost", async () => {
	const foreign = { id: "x", system: "future" };
	await put("accounts.json", { version: 2, accounts: [foreign, account], more: 1 });
	const accounts = await openAccountFile(options());
	expect(await accounts.list()).toEqual([account]);
	await accounts.remove(account.id);
	expect(await onDisk("accounts.json")).toEqual({ version: 2, accounts: [foreign], more: 1 });
});

test("an account of an earlier version brings its options along, and signs in with its password", async () => {
	const { method: _none, ...earlier } = account;
	const options_ = { genesys: { place: "p", loginCode: null, queue: "q", notificationsPath: null } };
	await put("accounts.json", { version: 1, accounts: [{ ...earlier, options: options_ }] });
	const accounts = await openAccountFile(options());
	expect(await accounts.list()).toEqual([{ ...account, options: { place: "p", queue: "q" } }]);
});

test("a file whose list of accounts is damaged is set aside, never read as nobody", async () => {
	await put("accounts.json", { version: 1, accouots: [account] });
	const accounts = await openAccountFile(options());
	expect(await accounts.list()).toEqual([]);
	expect((await fs.readdir(folder)).some((name) => name.startsWith("accounts.json.bad"))).toBe(true);
});

test("an account that cannot be saved holds for this run", async () => {
	const accounts = await openAccountFile({ ...options(), files: readOnly });
	await expect(accounts.save(account)).rejects.toMatchObject({ error: { code: "settings.unwritable" } });
	expect(await accounts.list()).toEqual([account]);
});

test("two desks on one profile remember lines of their own, at the same time", async () => {
	const here = await openWorkstationFile({ ...options(), workstation: "here" });
	const there = await openWorkstationFile({ ...options(), workstation: "there" });
	await Promise.all([
		here.setLine(account.id, asLineId("/devices/1")),
		there.setLine(account.id, asLineId("/devices/2")),
	]);
	await here.setStartedHere(account.id, true);
	const hereAgain = await openWorkstationFile({ ...options(), workstation: "here" });
	const thereAgain = await openWorkstationFile({ ...options(), workstation: "there" });
	expect([await hereAgain.line(account.id), await hereAgain.startedHere(account.id)]).toEqual([
		"/devices/1",
		true,
	]);
	expect([await thereAgain.line(account.id), await thereAgain.startedHere(account.id)]).toEqual([
		"/devices/2",
		false,
	]);
	expect(
		await (await openWorkstationFile({ ...options(), workstation: "new" })).line(account.id),
	).toBeNull();
});

test("that this desk logged a device in is flushed to the disk before the promise resolves", async () => {
	const flushed: string[] = [];
	const files: JsonFileSystem = {
		...fs,
		open: async (...parameters: Parameters<typeof fs.open>) => {
			const handle = await fs.open(...parameters);
			const sync = handle.sync.bind(handle);
			handle.sync = async () => {
				await sync();
				flushed.push(String(parameters[1]));
			};
			return handle;
		},
	};
	const desk = await openWorkstationFile({ ...options(), workstation: "w", files });
	await desk.setStartedHere(account.id, true);
	expect(flushed).toEqual(["wx", "r"]);
	flushed.length = 0;
	await desk.setStartedHere(account.id, true);
	expect(flushed).toEqual([]);
	await desk.setStartedHere(account.id, false);
	expect(
		await (await openWorkstationFile({ ...options(), workstation: "w" })).startedHere(account.id),
	).toBe(false);
});

test("rubbish in a desk's file costs that entry only", async () => {
	await fs.mkdir(join(folder, "workstations"));
	await put("workstations/w.json", {
		accounts: { a1: { line: 5, startedHere: true }, a2: 7, a3: { line: "/d", startedHere: "x" } },
	});
	const desk = await openWorkstationFile({ ...options(), workstation: "w" });
	expect([await desk.line(asAccountId("a1")), await desk.startedHere(asAccountId("a1"))]).toEqual([
		null,
		true,
	]);
	expect(await desk.line(asAccountId("a3"))).toBe("/d");
});

const desk = (more: Partial<WorkstationIdOptions> = {}): Promise<string> =>
	workstationId({
		platform: "linux",
		hostName: "desk-1",
		override: undefined,
		localFolder: join(folder, "local"),
		machineIdFile: join(folder, "machine-id"),
		uuid: () => "random-1",
		...more,
	});

test("the desk's id: host name and machine id; the environment names it on virtual desktops", async () => {
	await put("machine-id", "abc\n");
	const id = await desk();
	expect(id).toMatch(/^[0-9a-f]{64}$/);
	expect(await desk({ hostName: "DESK-1" })).toBe(id);
	expect(await desk({ hostName: "desk-2" })).not.toBe(id);
	expect(await desk({ override: "seat 5" })).toBe(await desk({ hostName: "desk-2", override: "seat 5 " }));
	expect(await desk({ override: " " })).toBe(id);
	await put("machine-id", "other\n");
	expect(await desk()).not.toBe(id);
	expect(await fs.readdir(folder)).toEqual(["machine-id"]);
});

test.each([["win32"], ["darwin"], ["linux"]] as const)(
	"without a machine id (%s) a random value is written once and used ever after",
	async (platform) => {
		if (platform === "linux") await put("machine-id", "uninitialized\n");
		const id = await desk({ platform });
		expect(await desk({ platform, uuid: () => "random-2" })).toBe(id);
		expect(await fs.readFile(join(folder, "local", "workstation"), "utf8")).toBe("random-1");
		await fs.rm(join(folder, "local"), { recursive: true });
		expect(await desk({ platform, uuid: () => "random-2" })).not.toBe(id);
	},
);

test("a local folder that cannot be made leaves the host name", async () => {
	await put("local", "a file");
	expect(await desk({ platform: "win32" })).toBe(await desk({ platform: "win32", uuid: () => "other" }));
});

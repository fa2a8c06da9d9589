import { spawn } from "node:child_process";
import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/**
 * The adapter against the real gnome-keyring. Each case is a program of its own in a D-Bus session of its own
 * (libsecret keeps one connection a process), with a private home.
 */

const root = join(import.meta.dirname, "..", "..", "..");
const canary = "canary-Sësame-😀";
let home: string;
beforeAll(() => {
	home = mkdtempSync(join(tmpdir(), "keychain-"));
	mkdirSync(join(home, "run"), { mode: 0o700 });
	writeFileSync(join(home, "program.mjs"), program);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs the steps given as JSON against the adapter and prints one result a line. */
const program = `
const at = (path) => import(${JSON.stringify(root)} + "/" + path);
const { createKeychain } = await at("main/adapters/secrets/keychain.ts");
const { keychainBackend, secretServiceName } = await at("main/adapters/secrets/backend-name.ts");
const { systemClock, systemRandom } = await at("main/adapters/electron/system-clock.ts");
const { createFileLogger } = await at("main/adapters/logging/logger.ts");
const { connectSessionBus } = await at("main/adapters/electron/linux/session-bus.ts");
const { sessionBusSocket } = await at("main/adapters/electron/linux/bus-address.ts");
const { secretServiceLocked } = await at("main/adapters/electron/linux/desktop-services.ts");
const clock = systemClock();
const logger = createFileLogger({ folder: process.env.HOME + "/logs", clock, level: "debug" });
const bus = await connectSessionBus({ socket: sessionBusSocket(process.env), clock, logger });
const secrets = createKeychain({
	load: async () => (await import(${JSON.stringify(createRequire(import.meta.url).resolve("keytar"))})).default,
	backend: keychainBackend("linux", null),
	describeBackend: async () => keychainBackend("linux", bus === null ? null : await secretServiceName(bus)),
	isLocked: process.env.WITHOUT_LOCK_CHECK ? async () => null : () => secretServiceLocked(bus),
	clock, random: systemRandom(), logger,
});
const results = await Promise.all(JSON.parse(process.argv[2]).map(([step, ...input]) => secrets[step](...input)));
for (const result of results) console.log(JSON.stringify(result));
console.log(JSON.stringify(secrets.status()));
logger.close();
process.exit(0);
`;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const withSteps = (...steps: readonly (readonly unknown[])[]): string =>
	`${quoted(process.execPath)} ${quoted(join(home, "program.mjs"))} ${quoted(JSON.stringify(steps))}`;
const unlocked = (command: string): string =>
	`printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; ${command}`;

interface Ran {
	readonly values: readonly unknown[];
	readonly text: string;
}

/** In a private session ("bus"), in one that offers no services ("bare"), or in none. */
async function run(
	session: "bus" | "bare" | "none",
	command: string,
	environment: Record<string, string> = {},
): Promise<Ran> {
	const bare = join(home, "bare.conf");
	writeFileSync(
		bare,
		`<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
		 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
		<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default">
		<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
	);
	const starter = {
		bus: ["dbus-run-session", "--"],
		bare: ["dbus-run-session", `--config-file=${bare}`, "--"],
		none: [],
	}[session];
	const [file = "sh", ...parameters] = [...starter, "sh", "-c", command];
	const child = spawn(file, parameters, {
		env: {
			PATH: process.env["PATH"] ?? "",
			HOME: home,
			XDG_RUNTIME_DIR: join(home, "run"),
			...environment,
		},
		stdio: ["ignore", "pipe", "ignore"],
		timeout: 40_000,
	});
	let text = "";
	child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
	await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
	const values = text
		.split("\n")
		.filter((line) => line.startsWith("{"))
		.map((line) => JSON.parse(line) as unknown);
	return { values, text };
}

function filesUnder(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		return entry.isDirectory() ? filesUnder(path) : entry.isFile() ? [path] : [];
	});
}

const ok = (value: unknown): object => ({ ok: true, value });
const failedWith = (code: string): object => ({
	ok: false,
	error: { code, detail: expect.any(String) as string },
});

test("unlocked: stored, read by the next run, seen from outside, and nowhere in a file", async () => {
	const lookup = "secret-tool lookup service Trunkline account a1";
	const stored = await run(
		"bus",
		unlocked(
			`${withSteps(["probe"], ["set", "a1", canary])}; echo "<$(${lookup})>"; secret-tool search --all service Trunkline 2>&1`,
		),
	);
	expect(stored.values[0]).toMatchObject({ state: "working" });
	expect(stored.values[1]).toEqual(ok(null));
	expect(stored.values[2]).toEqual({
		state: "working",
		backend: "GNOME Keyring (Secret Service)",
		problem: null,
	});
	expect(stored.text).toContain(`<${canary}>`);
	// One item; the probe's is gone.
	expect(stored.text.match(/^label = .*/gm)).toEqual(["label = Trunkline/a1"]);

	const read = await run("bus", unlocked(withSteps(["get", "a1"], ["get", "a1"], ["get", "other"])));
	expect(read.values.slice(0, 3)).toEqual([ok(canary), ok(canary), ok(null)]);

	const files = filesUnder(home);
	expect(files.some((file) => file.endsWith("trunkline.log"))).toBe(true);
	for (const file of files) expect(readFileSync(file).includes(Buffer.from("canary-S"))).toBe(false);
});

test("unlocked: a long secret is stored in parts and read whole; replaced and deleted without remains", async () => {
	const long = canary.repeat(300);
	const first = await run(
		"bus",
		unlocked(
			`${withSteps(["set", "long", long], ["get", "long"])}; secret-tool search --all service Trunkline 2>&1`,
		),
	);
	expect(first.values.slice(0, 2)).toEqual([ok(null), ok(long)]);
	expect(first.text.match(/^label = Trunkline\/long.*/gm)?.length).toBeGreaterThan(3);
	const second = await run(
		"bus",
		unlocked(
			`${withSteps(["set", "long", "short"], ["get", "long"])}; secret-tool search --all service Trunkline 2>&1`,
		),
	);
	expect(second.values[1]).toEqual(ok("short"));
	expect(second.text.match(/^label = Trunkline\/long.*/gm)).toEqual(["label = Trunkline/long"]);
	const third = await run(
		"bus",
		unlocked(
			`${withSteps(["delete", "long"], ["get", "long"])}; secret-tool search --all service Trunkline 2>&1`,
		),
	);
	expect(third.values.slice(0, 2)).toEqual([ok(null), ok(null)]);
	expect(third.text).not.toContain("Trunkline/long");
});

test.each([
	["asked over the bus", {}],
	["found out by writing", { WITHOUT_LOCK_CHECK: "1" }],
])("locked (%s): every request says so, none claims that there is no secret", async (_how, environment) => {
	await run("bus", unlocked(withSteps(["set", "a1", canary])));
	const { values } = await run(
		"bus",
		withSteps(["get", "a1"], ["set", "a1", "x"], ["delete", "a1"], ["probe"]),
		environment,
	);
	expect(values).toHaveLength(5);
	expect(values.slice(0, 3)).toEqual([
		failedWith("keychain.locked"),
		failedWith("keychain.locked"),
		failedWith("keychain.locked"),
	]);
	expect(values[3]).toMatchObject({ state: "locked", problem: { code: "keychain.locked" } });
	// And the secret is still there.
	expect((await run("bus", unlocked(withSteps(["get", "a1"])))).values[0]).toEqual(ok(canary));
});

test.each([
	["no program for it", "bare", {}],
	["no bus at all", "none", {}],
	["a bus address that leads nowhere", "none", { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent/bus" }],
] as const)(
	"absent (%s): unavailable, at once, with the system's words",
	async (_how, session, environment) => {
		const { values } = await run(
			session,
			withSteps(["probe"], ["get", "a1"], ["set", "a1", "x"], ["delete", "a1"]),
			environment,
		);
		expect(values).toHaveLength(5);
		expect(values[0]).toMatchObject({ state: "unavailable", problem: { code: "keychain.unavailable" } });
		for (const value of values.slice(1, 4)) expect(value).toEqual(failedWith("keychain.unavailable"));
		expect(values[4]).toMatchObject({ state: "unavailable", backend: "Secret Service" });
	},
);

test("a keyring that was never set up and nobody to ask: unavailable", async () => {
	const fresh = join(home, "fresh");
	mkdirSync(fresh);
	const { values } = await run("bus", withSteps(["get", "a1"], ["set", "a1", "x"]), { HOME: fresh });
	expect(values.slice(0, 2)).toEqual([
		failedWith("keychain.unavailable"),
		failedWith("keychain.unavailable"),
	]);
});

test("the log of all this is the owner's only", () => {
	chmodSync(home, 0o700);
	expect(statSync(join(home, "logs", "trunkline.log")).mode & 0o777).toBe(0o600);
});

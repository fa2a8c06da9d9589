import { execFile, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import type { MessageBus } from "@particle/dbus-next";
import { connectBus, hasOwner, waitForOwner } from "./bus.ts";
import { Children } from "./children.ts";

const run = promisify(execFile);

export type KeyringMode = "unlocked" | "locked" | "absent";

export interface SessionOptions {
	/** gnome-keyring: unlocked with a password of its own, locked, or none on the bus. Default `absent`. */
	readonly keyring?: KeyringMode;
	/** dunst as the notification daemon. Default true. */
	readonly notifications?: boolean;
	/** openbox. Default true. */
	readonly windowManager?: boolean;
	readonly screen?: { readonly width: number; readonly height: number };
}

/** A desktop of its own: home, runtime folder, bus, display. Nothing of the machine's session is touched. */
export interface DesktopSession {
	/** Holds `home`, `run` and whatever a test puts there; removed at the end. */
	readonly folder: string;
	readonly home: string;
	readonly busAddress: string;
	readonly display: string;
	/** The environment for programs inside. */
	readonly env: Readonly<Record<string, string>>;
	/** A connection of the test's own to the bus. */
	readonly bus: MessageBus;
	/** Runs a program inside to its end. */
	run(command: string, ...list: string[]): Promise<{ stdout: string; stderr: string }>;
	/** Starts a program inside; it is ended with the session. */
	start(command: string, list: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
	startNotifications(): Promise<void>;
	/** Takes the notification daemon off the bus. */
	stopNotifications(): Promise<void>;
	/** Starts gnome-keyring, in place of one that runs. */
	startKeyring(mode: KeyringMode): Promise<void>;
	stop(): Promise<void>;
	[Symbol.asyncDispose](): Promise<void>;
}

/** The password of the test keyring. */
export const keyringPassword = "correct horse";

const busConfiguration = (
	socket: string,
): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
	<type>session</type>
	<listen>unix:path=${socket}</listen>
	<auth>EXTERNAL</auth>
	<policy context="default">
		<allow send_destination="*" eavesdrop="true"/>
		<allow eavesdrop="true"/>
		<allow own="*"/>
	</policy>
</busconfig>
`;

// Nothing vanishes by itself and nothing is stacked, so that a test decides what is on the screen.
// Its menu of actions is answered by a script, because this is the only way to choose among several: by position
// dunst 1.9 finds no notification but the first.
const dunstConfiguration = (chooser: string): string => `[global]
	dmenu = ${chooser}
	notification_limit = 0
	history_length = 200
	stack_duplicates = false
	idle_threshold = 0
	sort = false
	markup = full
[urgency_low]
	timeout = 0
[urgency_normal]
	timeout = 0
[urgency_critical]
	timeout = 0
`;

/** Starts a private session; end it with `stop()` or `await using`. */
export async function startSession(options: SessionOptions = {}): Promise<DesktopSession> {
	const folder = await mkdtemp(path.join(tmpdir(), "trunkline-session-"));
	const home = path.join(folder, "home");
	const runtime = path.join(folder, "run");
	await mkdir(home, { mode: 0o700 });
	await mkdir(runtime, { mode: 0o700 });
	const children = new Children();
	try {
		const busAddress = await startBus(children, folder, runtime);
		const { width, height } = options.screen ?? { width: 1400, height: 1000 };
		const display = await startDisplay(children, width, height);
		const env: Record<string, string> = {};
		for (const [name, value] of Object.entries(process.env))
			if (value !== undefined && !inherited.test(name)) env[name] = value;
		Object.assign(env, {
			HOME: home,
			XDG_RUNTIME_DIR: runtime,
			DBUS_SESSION_BUS_ADDRESS: busAddress,
			DISPLAY: display,
			LANG: "en_US.UTF-8",
			NO_AT_BRIDGE: "1",
		});
		const bus = await connectBus(busAddress);
		const session = new PrivateSession(folder, home, busAddress, display, env, bus, children);
		await Promise.all([
			options.windowManager === false ? undefined : session.startWindowManager(),
			options.notifications === false ? undefined : session.startNotifications(),
			session.startKeyring(options.keyring ?? "absent"),
		]);
		return session;
	} catch (error) {
		await children.endAll();
		await rm(folder, { recursive: true, force: true });
		throw error;
	}
}

/** What of the caller's session must not leak in. */
const inherited =
	/^(DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_.*|XDG_.*|GNOME_.*|SSH_.*|GTK_.*|LC_.*|LANG|LANGUAGE|NODE_OPTIONS|VITEST.*|.*_proxy|.*_PROXY)$/;

class PrivateSession implements DesktopSession {
	readonly folder: string;
	readonly home: string;
	readonly busAddress: string;
	readonly display: string;
	readonly env: Readonly<Record<string, string>>;
	readonly bus: MessageBus;
	private readonly children: Children;
	private dunst: ChildProcess | null = null;
	private keyring: ChildProcess | null = null;

	constructor(
		folder: string,
		home: string,
		busAddress: string,
		display: string,
		env: Readonly<Record<string, string>>,
		bus: MessageBus,
		children: Children,
	) {
		this.folder = folder;
		this.home = home;
		this.busAddress = busAddress;
		this.display = display;
		this.env = env;
		this.bus = bus;
		this.children = children;
	}

	run(command: string, ...list: string[]): Promise<{ stdout: string; stderr: string }> {
		return run(command, list, { env: this.env });
	}

	start(
		command: string,
		list: readonly string[],
		env: Readonly<Record<string, string>> = {},
	): ChildProcess {
		return this.children.start(command, list, {
			env: { ...this.env, ...env },
			stdio: ["ignore", "pipe", "pipe"],
		});
	}

	async startWindowManager(): Promise<void> {
		// Its own settings, but without the animation of minimising: while that runs, windows are told false places.
		const settings = await readFile("/etc/xdg/openbox/rc.xml", "utf8");
		const file = path.join(this.folder, "openbox.xml");
		await writeFile(file, settings.replace("<animateIconify>yes<", "<animateIconify>no<"));
		this.children.start("openbox", ["--sm-disable", "--config-file", file], {
			env: this.env,
			stdio: "ignore",
		});
		// The property appears once the manager has taken over the screen. On a display that has never seen a
		// manager its name does not even exist, so xprop cannot wait for it and is asked again.
		for (let attempt = 0; attempt < 200; attempt++) {
			const { stdout } = await this.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK");
			if (stdout.includes("0x")) return;
			await new Promise((resolve) => setTimeout(resolve, 25));
		}
		throw new Error("openbox did not take over the display");
	}

	async startNotifications(): Promise<void> {
		if (this.dunst !== null) return;
		const file = path.join(this.folder, "dunstrc");
		const chooser = path.join(this.folder, "choose-action");
		const script = `#!/bin/sh\ntee -a "${this.folder}/offered-actions" | grep -F "[$(cat "${this.folder}/wanted-action")," | head -n 1\n`;
		await writeFile(chooser, script, { mode: 0o700 });
		await writeFile(file, dunstConfiguration(chooser));
		this.dunst = this.children.start("dunst", ["-conf", file], { env: this.env, stdio: "ignore" });
		await waitForOwner(this.bus, "org.freedesktop.Notifications");
	}

	async stopNotifications(): Promise<void> {
		if (this.dunst === null) return;
		await this.children.end(this.dunst);
		this.dunst = null;
		await waitForOwner(this.bus, "org.freedesktop.Notifications", false);
	}

	async startKeyring(mode: KeyringMode): Promise<void> {
		await this.stopKeyring();
		if (mode === "absent") return;
		await this.spawnKeyring(true);
		// A keyring is locked when the daemon that made it is gone and another one starts without the password.
		if (mode === "locked") {
			await this.stopKeyring();
			await this.spawnKeyring(false);
		}
	}

	private async spawnKeyring(unlock: boolean): Promise<void> {
		const list = ["--foreground", "--components=secrets", ...(unlock ? ["--unlock"] : [])];
		this.keyring = this.children.start("gnome-keyring-daemon", list, {
			env: this.env,
			stdio: ["pipe", "ignore", "ignore"],
		});
		const input = this.keyring.stdin as Writable;
		input.on("error", () => undefined);
		input.end(unlock ? keyringPassword : "");
		await waitForOwner(this.bus, "org.freedesktop.secrets");
	}

	private async stopKeyring(): Promise<void> {
		if (this.keyring === null) return;
		await this.children.end(this.keyring);
		this.keyring = null;
		if (await hasOwner(this.bus, "org.freedesktop.secrets"))
			await waitForOwner(this.bus, "org.freedesktop.secrets", false);
	}

	async stop(): Promise<void> {
		this.bus.disconnect();
		await this.children.endAll();
		await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.stop();
	}
}

/** Resolves with the first line a program prints on one of its streams. */
function firstLine(child: ChildProcess, stream: Readable, name: string): Promise<string> {
	return new Promise((resolve, reject) => {
		let text = "";
		stream.on("data", (chunk: Buffer) => {
			text += chunk.toString("utf8");
			const end = text.indexOf("\n");
			if (end >= 0) resolve(text.slice(0, end).trim());
		});
		child.once("error", reject);
		child.once("exit", (code) => {
			reject(new Error(`${name} ended at start with ${String(code)}`));
		});
	});
}

async function startBus(children: Children, folder: string, runtime: string): Promise<string> {
	const file = path.join(folder, "bus.conf");
	await writeFile(file, busConfiguration(path.join(runtime, "bus")));
	const child = children.start(
		"dbus-daemon",
		[`--config-file=${file}`, "--nofork", "--nopidfile", "--print-address=1"],
		{
			stdio: ["ignore", "pipe", "ignore"],
		},
	);
	return await firstLine(child, child.stdout as Readable, "dbus-daemon");
}

async function startDisplay(children: Children, width: number, height: number): Promise<string> {
	const child = children.start(
		"Xvfb",
		[
			"-displayfd",
			"3",
			"-screen",
			"0",
			`${String(width)}x${String(height)}x24`,
			"-nolisten",
			"tcp",
			"-noreset",
		],
		{ stdio: ["ignore", "ignore", "ignore", "pipe"] },
	);
	return `:${await firstLine(child, child.stdio[3] as Readable, "Xvfb")}`;
}

import dbus from "@particle/dbus-next";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Logger } from "../../../core/ports/runtime.ts";
import { systemClock } from "../system-clock.ts";
import { sessionBusSocket } from "./bus-address.ts";
import {
	notificationDaemonPresent,
	notificationDaemonReadsMarkup,
	secretServiceLocked,
	statusNotifierHost,
} from "./desktop-services.ts";
import { connectSessionBus, type SessionBus } from "./session-bus.ts";

/** The client against a real dbus-daemon of its own, which offers only the services the test writes. */

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
let folder: string;
let daemon: ChildProcess;
let address: string;
const cleanUps: (() => unknown)[] = [];

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "bus-"));
	writeFileSync(
		join(folder, "bus.conf"),
		`<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
		 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
		<busconfig><type>session</type><listen>unix:path=${folder}/bus</listen><servicedir>${folder}</servicedir>
		<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
	);
	daemon = spawn("dbus-daemon", ["--nofork", "--print-address", `--config-file=${folder}/bus.conf`], {
		stdio: ["ignore", "pipe", "ignore"],
	});
	address = await new Promise<string>((resolve, reject) => {
		daemon.on("error", reject);
		daemon.stdout?.setEncoding("utf8").on("data", (line: string) => resolve(line.trim()));
	});
});
afterEach(async () => {
	for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	daemon.kill();
	rmSync(folder, { recursive: true, force: true });
});

async function connect(
	socket = sessionBusSocket({ DBUS_SESSION_BUS_ADDRESS: address }),
): Promise<SessionBus | null> {
	const bus = await connectSessionBus({ socket, clock: systemClock(), logger: silent });
	if (bus !== null) cleanUps.push(() => bus.close());
	return bus;
}
async function connected(): Promise<SessionBus> {
	const bus = await connect();
	if (bus === null) throw new Error("no bus");
	return bus;
}

const watcherName = "org.kde.StatusNotifierWatcher";
class Watcher extends dbus.interface.Interface {
	registered = true;
	get IsStatusNotifierHostRegistered(): boolean {
		return this.registered;
	}
	StatusNotifierHostRegistered(): void {
		// A signal without values; the library sends it when this is called.
	}
}
Watcher.configureMembers({
	properties: { IsStatusNotifierHostRegistered: { signature: "b", access: dbus.interface.ACCESS_READ } },
	signals: { StatusNotifierHostRegistered: { signature: "" } },
});
async function startWatcher(registered = true): Promise<{ readonly watcher: Watcher; stop(): void }> {
	const bus = dbus.sessionBus({ busAddress: address });
	const watcher = new Watcher(watcherName);
	watcher.registered = registered;
	bus.export("/StatusNotifierWatcher", watcher);
	await bus.requestName(watcherName, 0);
	let running = true;
	const stop = (): void => {
		if (running) bus.disconnect();
		running = false;
	};
	cleanUps.push(stop);
	return { watcher, stop };
}

test("asks about names, owners and properties; an error is an error", async () => {
	const bus = await connected();
	expect(await bus.nameHasOwner("org.freedesktop.DBus")).toBe(true);
	expect(await bus.nameHasOwner("org.example.Nobody")).toBe(false);
	expect(await bus.processOf("org.freedesktop.DBus")).toBe(daemon.pid);
	expect(await bus.processOf("org.example.Nobody")).toBeNull();
	expect(
		await bus.property(
			"org.freedesktop.DBus",
			"/org/freedesktop/DBus",
			"org.freedesktop.DBus",
			"Interfaces",
		),
	).toContain("org.freedesktop.DBus.Monitoring");
	await expect(bus.property("org.example.Nobody", "/", "org.example.X", "Y")).rejects.toThrow(
		"ServiceUnknown",
	);
});

test("a tray host is noticed when it comes, is replaced and goes", async () => {
	const bus = await connected();
	const host = await statusNotifierHost(bus, silent);
	expect(host.available()).toBe(false);
	const changes: string[] = [];
	let wake = (): void => undefined;
	host.onChange((change) => {
		changes.push(change);
		wake();
	});
	const until = async (count: number): Promise<void> => {
		while (changes.length < count) await new Promise<void>((resolve) => (wake = resolve));
	};
	const first = await startWatcher();
	await until(1);
	expect(host.available()).toBe(true);
	first.stop();
	await until(2);
	expect(host.available()).toBe(false);
	const second = await startWatcher(false);
	second.watcher.registered = true;
	second.watcher.StatusNotifierHostRegistered();
	await until(3);
	expect(host.available()).toBe(true);
	daemon.kill();
	await until(4);
	expect(host.available()).toBe(false);
	expect(changes).toEqual(["appeared", "disappeared", "appeared", "disappeared"]);
});

test("a host that is there before us is found; one without a registered host is none", async () => {
	const first = await startWatcher();
	expect((await statusNotifierHost(await connected(), silent)).available()).toBe(true);
	first.stop();
	const empty = await startWatcher(false);
	expect((await statusNotifierHost(await connected(), silent)).available()).toBe(false);
	empty.stop();
	expect((await statusNotifierHost(null, silent)).available()).toBe(false);
});

test("a notification daemon counts when it runs or would be started", async () => {
	const bus = await connected();
	expect(await notificationDaemonPresent(bus)).toBe(false);
	const service = dbus.sessionBus({ busAddress: address });
	cleanUps.push(() => service.disconnect());
	await service.requestName("org.freedesktop.Notifications", 0);
	expect(await notificationDaemonPresent(bus)).toBe(true);
	await service.releaseName("org.freedesktop.Notifications");
	expect(await notificationDaemonPresent(bus)).toBe(false);
	writeFileSync(
		join(folder, "n.service"),
		"[D-BUS Service]\nName=org.freedesktop.Notifications\nExec=/bin/false\n",
	);
	await bus.call({
		destination: "org.freedesktop.DBus",
		path: "/",
		interface: "org.freedesktop.DBus",
		member: "ReloadConfig",
	});
	expect(await notificationDaemonPresent(bus)).toBe(true);
	expect(await notificationDaemonPresent(null)).toBe(false);
});

test.each([
	[["actions", "body", "body-markup"], true],
	[["actions", "body"], false],
])("a daemon that can %j reads markup: %s", async (capabilities, reads) => {
	const name = "org.freedesktop.Notifications";
	class Daemon extends dbus.interface.Interface {
		GetCapabilities(): readonly string[] {
			return capabilities;
		}
	}
	Daemon.configureMembers({ methods: { GetCapabilities: { inSignature: "", outSignature: "as" } } });
	const bus = await connected();
	// Nobody answers: as if it did.
	expect(await notificationDaemonReadsMarkup(bus)).toBe(true);
	const service = dbus.sessionBus({ busAddress: address });
	cleanUps.push(() => service.disconnect());
	service.export("/org/freedesktop/Notifications", new Daemon(name));
	await service.requestName(name, 0);
	expect(await notificationDaemonReadsMarkup(bus)).toBe(reads);
});

test("nothing is known about a keychain that is not there", async () => {
	expect(await secretServiceLocked(await connected())).toBeNull();
	expect(await secretServiceLocked(null)).toBeNull();
});

test("no bus, no socket, a socket nobody reads, one that refuses, one that talks rubbish: null, soon, no exception", async () => {
	expect(await connect(null)).toBeNull();
	expect(await connect(join(folder, "nothing"))).toBeNull();
	const serve = (answer: (data: Buffer, reply: (text: string | Buffer) => void) => void): Promise<string> =>
		new Promise((resolve) => {
			const server: Server = createServer((socket) => {
				socket.on("error", () => undefined);
				socket.on("data", (data) => answer(data, (text) => socket.write(text)));
			});
			const path = join(folder, `fake-${String(cleanUps.length)}`);
			cleanUps.push(() => server.close());
			server.listen(path, () => resolve(path));
		});
	expect(await connect(await serve(() => undefined))).toBeNull();
	expect(await connect(await serve((_data, reply) => reply("REJECTED KERBEROS\r\n")))).toBeNull();
	const rubbish = await serve((data, reply) => {
		reply(data.includes("AUTH") ? "OK 1234\r\n" : Buffer.alloc(4096, 0x6c));
	});
	expect(await connect(rubbish)).toBeNull();
});

test("calls after the bus is gone fail at once, and whoever listens is told once", async () => {
	const bus = await connected();
	let closed = 0;
	const gone = new Promise<void>((resolve) => {
		bus.onClose(() => {
			closed++;
			resolve();
		});
	});
	const waiting = bus.call({
		destination: "org.freedesktop.DBus",
		path: "/",
		interface: "org.freedesktop.DBus",
		member: "ListNames",
	});
	daemon.kill("SIGKILL");
	await Promise.allSettled([waiting]);
	await gone;
	await expect(bus.nameHasOwner("x.y")).rejects.toThrow("closed");
	bus.close();
	expect(closed).toBe(1);
});

import { createRequire } from "node:module";
import type { MessageBus } from "@particle/dbus-next";

type Library = typeof import("@particle/dbus-next");

let library: Library | null = null;

/** The D-Bus library, loaded by the first notification or tray. */
export function dbusLibrary(): Library {
	library ??= createRequire(import.meta.url)("@particle/dbus-next") as Library;
	return library;
}

let shared: Promise<MessageBus | null> | null = null;

/** The connection to the session bus; null where there is none. It does not keep the process alive. */
export function sessionBus(): Promise<MessageBus | null> {
	shared ??= connect();
	return shared;
}

async function connect(): Promise<MessageBus | null> {
	if ((process.env["DBUS_SESSION_BUS_ADDRESS"] ?? "") === "") return null;
	return await new Promise((resolve) => {
		const bus = dbusLibrary().sessionBus();
		bus.once("connect", () => {
			resolve(bus);
		});
		bus.on("error", () => {
			shared = null;
			resolve(null);
		});
	});
}

/** Calls a method by name; the reply's body, or null when the call failed or nobody is there. */
export async function callMethod(
	destination: string,
	path: string,
	iface: string,
	member: string,
	signature = "",
	body: unknown[] = [],
): Promise<{ ok: true; body: unknown[] } | { ok: false; error: string }> {
	const bus = await sessionBus();
	if (bus === null) return { ok: false, error: "no session bus" };
	try {
		const reply = await bus.call(
			new (dbusLibrary().Message)({ destination, path, interface: iface, member, signature, body }),
		);
		return { ok: true, body: reply?.body ?? [] };
	} catch (error) {
		return { ok: false, error: error instanceof Error ? error.message : String(error) };
	}
}

/** Hears one signal of one sender. */
export async function onSignal(
	rule: string,
	member: string,
	listener: (body: unknown[]) => void,
): Promise<void> {
	const bus = await sessionBus();
	if (bus === null) return;
	bus.on("message", (message) => {
		if (message.member === member) listener(message.body);
	});
	await callMethod(
		"org.freedesktop.DBus",
		"/org/freedesktop/DBus",
		"org.freedesktop.DBus",
		"AddMatch",
		"s",
		[rule],
	);
}

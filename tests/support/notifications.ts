import { writeFile } from "node:fs/promises";
import path from "node:path";
import dbus, { type Message, type MessageBus, type Variant } from "@particle/dbus-next";
import { connectBus } from "./bus.ts";
import type { DesktopSession } from "./session.ts";

/** A notification as the daemon got it. */
export interface ShownNotification {
	/** The daemon's number. */
	readonly id: number;
	readonly app: string;
	readonly title: string;
	readonly body: string;
	/** 0 for one that replaced nothing. */
	readonly replaces: number;
	readonly actions: readonly string[];
	readonly urgency: number;
	readonly silent: boolean;
	/** Whether it is still on the screen. */
	readonly open: boolean;
}

/** Watches and works the notifications of a session. */
export interface NotificationDriver {
	/** All since the start of watching, oldest first. */
	all(): readonly ShownNotification[];
	/** Those on the screen, oldest first. */
	open(): readonly ShownNotification[];
	/** Waits for one that matches, counting those already there. */
	waitFor(matches: (notification: ShownNotification) => boolean): Promise<ShownNotification>;
	/** Waits until what is on the screen satisfies a condition. */
	waitUntil(holds: (open: readonly ShownNotification[]) => boolean): Promise<void>;
	/** Clicks one as a person does: its default action, through dunst. */
	click(notification: ShownNotification): Promise<void>;
	/** Takes one off the screen as a person does. */
	dismiss(notification: ShownNotification): Promise<void>;
	stop(): void;
	[Symbol.dispose](): void;
}

const service = "org.freedesktop.Notifications";

type Mutable = { -readonly [K in keyof ShownNotification]: ShownNotification[K] };

/** Starts watching the bus for notifications; works with dunst, needs nothing of the app. */
export async function watchNotifications(session: DesktopSession): Promise<NotificationDriver> {
	const monitor = await connectBus(session.busAddress);
	const shown = new Map<number, Mutable>();
	const asked = new Map<string, Omit<ShownNotification, "id">>();
	const clicked = new Map<number, number>();
	const listeners = new Set<() => void>();
	const key = (sender: string, serial: unknown): string => `${sender}|${String(serial)}`;

	monitor.on("message", (message: Message) => {
		if (message.member === "Notify" && message.interface === service)
			asked.set(key(message.sender, message.serial), readCall(message.body));
		else if (message.member === "NotificationClosed") {
			const notification = shown.get((message.body as [number])[0]);
			if (notification !== undefined) notification.open = false;
		} else if (message.member === "ActionInvoked") {
			const id = (message.body as [number])[0];
			clicked.set(id, (clicked.get(id) ?? 0) + 1);
		} else if (message.type === dbus.MessageType.METHOD_RETURN) {
			const call = asked.get(key(message.destination, message.replySerial));
			if (call === undefined) return;
			asked.delete(key(message.destination, message.replySerial));
			const id = (message.body as [number])[0];
			shown.set(id, { ...call, id });
		} else return;
		for (const listener of [...listeners]) listener();
	});
	await becomeMonitor(monitor);

	const all = (): ShownNotification[] => [...shown.values()];
	const open = (): ShownNotification[] => all().filter((each) => each.open);
	const until = <T>(look: () => T | undefined): Promise<T> =>
		new Promise((resolve) => {
			const listener = (): void => {
				const found = look();
				if (found === undefined) return;
				listeners.delete(listener);
				resolve(found);
			};
			listeners.add(listener);
			listener();
		});
	const mustBeOpen = (notification: ShownNotification): void => {
		if (!open().some((each) => each.id === notification.id))
			throw new Error(`notification "${notification.title}" is not on the screen`);
	};
	const stop = (): void => {
		monitor.disconnect();
	};
	return {
		all,
		open,
		waitFor: (matches) => until(() => all().find(matches)),
		waitUntil: async (holds) => {
			await until(() => (holds(open()) ? true : undefined));
		},
		click: async (notification) => {
			mustBeOpen(notification);
			await writeFile(path.join(session.folder, "wanted-action"), String(notification.id));
			const before = clicked.get(notification.id) ?? 0;
			await session.run("dunstctl", "context");
			await until(() => ((clicked.get(notification.id) ?? 0) > before ? true : undefined));
			// dunst's mouse button does the action and then closes; its menu only does the action.
			await closeByNumber(session, notification.id);
		},
		dismiss: async (notification) => {
			mustBeOpen(notification);
			await closeByNumber(session, notification.id);
		},
		stop,
		[Symbol.dispose]: stop,
	};
}

function readCall(body: unknown[]): Omit<ShownNotification, "id"> {
	const [app, replaces, , title, text, actions, hints] = body as [
		string,
		number,
		string,
		string,
		string,
		string[],
		Record<string, Variant>,
	];
	return {
		app,
		replaces,
		title,
		body: text,
		actions,
		urgency: Number(hints["urgency"]?.value ?? 1),
		silent: hints["suppress-sound"]?.value === true,
		open: true,
	};
}

async function becomeMonitor(bus: MessageBus): Promise<void> {
	// A monitor that answers a call it only overhears is thrown off the bus.
	bus.addMethodHandler(() => true);
	await bus.call(
		new dbus.Message({
			destination: "org.freedesktop.DBus",
			path: "/org/freedesktop/DBus",
			interface: "org.freedesktop.DBus.Monitoring",
			member: "BecomeMonitor",
			signature: "asu",
			body: [
				[
					`interface='${service}'`,
					`type='method_return',sender='${service}'`,
					`type='signal',interface='${service}'`,
				],
				0,
			],
		}),
	);
}

async function closeByNumber(session: DesktopSession, id: number): Promise<void> {
	await session.bus.call(
		new dbus.Message({
			destination: service,
			path: "/org/freedesktop/Notifications",
			interface: service,
			member: "CloseNotification",
			signature: "u",
			body: [id],
		}),
	);
}

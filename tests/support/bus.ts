import dbus, { type MessageBus } from "@particle/dbus-next";

/** Connects to a bus by address; the caller disconnects. */
export async function connectBus(address: string): Promise<MessageBus> {
	const bus = dbus.sessionBus({ busAddress: address });
	await new Promise<void>((resolve, reject) => {
		bus.once("connect", resolve);
		bus.once("error", reject);
	});
	// A bus that ends with its session is no failure of the test.
	bus.on("error", () => undefined);
	return bus;
}

async function call(bus: MessageBus, member: string, signature: string, body: unknown[]): Promise<unknown> {
	const reply = await bus.call(
		new dbus.Message({
			destination: "org.freedesktop.DBus",
			path: "/org/freedesktop/DBus",
			interface: "org.freedesktop.DBus",
			member,
			signature,
			body,
		}),
	);
	return (reply?.body as unknown[] | undefined)?.[0];
}

/** Whether anybody owns a name now. */
export async function hasOwner(bus: MessageBus, name: string): Promise<boolean> {
	return (await call(bus, "NameHasOwner", "s", [name])) === true;
}

/** Waits until somebody owns (or nobody owns any more) a name. */
export async function waitForOwner(bus: MessageBus, name: string, owned = true): Promise<void> {
	const rule = `type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${name}'`;
	await call(bus, "AddMatch", "s", [rule]);
	await new Promise<void>((resolve, reject) => {
		const onMessage = (message: { member: string; body: unknown[] }): void => {
			if (message.member !== "NameOwnerChanged" || message.body[0] !== name) return;
			if ((message.body[2] !== "") === owned) finish();
		};
		const finish = (): void => {
			bus.removeListener("message", onMessage);
			resolve();
		};
		bus.on("message", onMessage);
		hasOwner(bus, name).then((now) => {
			if (now === owned) finish();
		}, reject);
	});
}

// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- the tests' program includes this file only
/// <reference path="./dbus-next.d.ts" />
import authenticate from "@particle/dbus-next/lib/handshake.js";
import format from "@particle/dbus-next/lib/marshall-compat.js";
import wire from "@particle/dbus-next/lib/message.js";
import { createConnection, type Socket } from "node:net";
import type { Clock, Logger } from "../../../core/ports/runtime.ts";

/** A call that has not been answered for this long counts as failed. */
const answerDeadlineMs = 2000;

const daemon = {
	destination: "org.freedesktop.DBus",
	path: "/org/freedesktop/DBus",
	interface: "org.freedesktop.DBus",
};

export interface BusCall {
	readonly destination: string;
	readonly path: string;
	readonly interface: string;
	readonly member: string;
	/** D-Bus types of `body`, for example `su`. */
	readonly signature?: string;
	readonly body?: readonly unknown[];
}

export interface BusSignal {
	readonly interface: string;
	readonly member: string;
	/** Only signals whose first value is this text. */
	readonly firstValue?: string;
}

/** A connection that asks and listens, and offers nothing. */
export interface SessionBus {
	/** The values of the answer. Rejects with the error's name, after 2 s of silence, or once closed. */
	call(call: BusCall): Promise<readonly unknown[]>;
	nameHasOwner(name: string): Promise<boolean>;
	/** Whether the bus would start a program for this name. */
	isActivatable(name: string): Promise<boolean>;
	/** Process id of the owner of a name; null if there is none. */
	processOf(name: string): Promise<number | null>;
	property(destination: string, path: string, interfaceName: string, property: string): Promise<unknown>;
	onSignal(signal: BusSignal, listener: (values: readonly unknown[]) => void): () => void;
	onClose(listener: () => void): () => void;
	close(): void;
}

export interface SessionBusOptions {
	/** From `sessionBusSocket`; null: there is none. */
	readonly socket: string | null;
	readonly clock: Clock;
	readonly logger: Logger;
}

/**
 * Connects; null if there is no bus, or none that lets us in within 2 s. Never rejects, and whatever arrives
 * later can at most close the connection: a bus is no reason for a messaging app to stop.
 */
export async function connectSessionBus(options: SessionBusOptions): Promise<SessionBus | null> {
	if (options.socket === null) return null;
	const stream = createConnection(options.socket);
	// The window keeps the app alive, not this connection.
	stream.unref();
	const connection = new Connection(stream, options);
	try {
		await connection.start();
		return connection;
	} catch (error) {
		options.logger.info("bus.unavailable", {
			reason: error instanceof Error ? error.message : "unknown",
		});
		connection.close();
		return null;
	}
}

interface Pending {
	readonly resolve: (values: readonly unknown[]) => void;
	readonly reject: (error: Error) => void;
}

class Connection implements SessionBus {
	readonly #stream: Socket;
	readonly #clock: Clock;
	readonly #logger: Logger;
	readonly #pending = new Map<number, Pending>();
	readonly #signals = new Set<{
		readonly signal: BusSignal;
		readonly listener: (values: readonly unknown[]) => void;
	}>();
	readonly #closeListeners = new Set<() => void>();
	#serial = 0;
	#closed = false;

	constructor(stream: Socket, options: SessionBusOptions) {
		this.#stream = stream;
		this.#clock = options.clock;
		this.#logger = options.logger;
		stream.on("error", (error) => this.#end(error.message));
		stream.on("close", () => this.#end("closed"));
	}

	async start(): Promise<void> {
		await this.#within("no answer from the session bus", (resolve, reject) => {
			this.onClose(() => reject(new Error("the session bus closed the connection")));
			this.#stream.once("connect", () => {
				authenticate(this.#stream, { authMethods: ["EXTERNAL"] }, (error) => {
					if (error === null || error === undefined) resolve(undefined);
					else reject(new Error("the session bus refused us"));
				});
			});
		});
		this.#listen();
		await this.call({ ...daemon, member: "Hello" });
	}

	async call(call: BusCall): Promise<readonly unknown[]> {
		if (this.#closed) throw new Error("the session bus is closed");
		const serial = ++this.#serial;
		const [bytes] = format.marshallMessage({ type: 1, serial, ...call, body: [...(call.body ?? [])] });
		try {
			return await this.#within<readonly unknown[]>(
				`${call.member} was not answered`,
				(resolve, reject) => {
					this.#pending.set(serial, { resolve, reject });
					this.#stream.write(bytes);
				},
			);
		} finally {
			this.#pending.delete(serial);
		}
	}

	async nameHasOwner(name: string): Promise<boolean> {
		return (
			(await this.call({ ...daemon, member: "NameHasOwner", signature: "s", body: [name] }))[0] === true
		);
	}

	async isActivatable(name: string): Promise<boolean> {
		const names = (await this.call({ ...daemon, member: "ListActivatableNames" }))[0];
		return Array.isArray(names) && names.includes(name);
	}

	async processOf(name: string): Promise<number | null> {
		try {
			const [process] = await this.call({
				...daemon,
				member: "GetConnectionUnixProcessID",
				signature: "s",
				body: [name],
			});
			return typeof process === "number" ? process : null;
		} catch {
			return null;
		}
	}

	async property(
		destination: string,
		path: string,
		interfaceName: string,
		property: string,
	): Promise<unknown> {
		const [variant] = await this.call({
			destination,
			path,
			interface: "org.freedesktop.DBus.Properties",
			member: "Get",
			signature: "ss",
			body: [interfaceName, property],
		});
		return typeof variant === "object" && variant !== null && "value" in variant
			? variant.value
			: undefined;
	}

	onSignal(signal: BusSignal, listener: (values: readonly unknown[]) => void): () => void {
		const entry = { signal, listener };
		this.#signals.add(entry);
		const rule = [
			"type='signal'",
			`interface='${signal.interface}'`,
			`member='${signal.member}'`,
			...(signal.firstValue === undefined ? [] : [`arg0='${signal.firstValue}'`]),
		].join(",");
		const change = (member: string): void => {
			this.call({ ...daemon, member, signature: "s", body: [rule] }).catch(() => undefined);
		};
		change("AddMatch");
		return () => {
			if (this.#signals.delete(entry)) change("RemoveMatch");
		};
	}

	onClose(listener: () => void): () => void {
		this.#closeListeners.add(listener);
		return () => this.#closeListeners.delete(listener);
	}

	close(): void {
		this.#end("closed by us");
		this.#stream.destroy();
	}

	#listen(): void {
		const stream = this.#stream;
		wire.unmarshalMessages(
			{
				// The library throws in here at bytes it does not understand; uncaught, that would end the app.
				on: (event, listener) => stream.on(event, () => this.#guarded(listener)),
				read: (size) => stream.read(size) as Buffer | null,
			},
			(message) => this.#receive(format.messageToJsFmt(message)),
			{},
		);
		this.#guarded(() => stream.emit("readable"));
	}

	#guarded(run: () => void): void {
		try {
			run();
		} catch (error) {
			this.#logger.warn("bus.malformed", {
				reason: error instanceof Error ? error.message : "unknown",
			});
			this.close();
		}
	}

	#receive(message: ReturnType<typeof format.messageToJsFmt>): void {
		const pending = this.#pending.get(message.replySerial ?? -1);
		if (message.type === 2) pending?.resolve(message.body);
		else if (message.type === 3) pending?.reject(new Error(message.errorName ?? "error"));
		else if (message.type === 4) {
			for (const { signal, listener } of [...this.#signals]) {
				const wanted = signal.interface === message.interface && signal.member === message.member;
				if (wanted && (signal.firstValue === undefined || signal.firstValue === message.body[0]))
					listener(message.body);
			}
		}
	}

	#within<T>(
		complaint: string,
		run: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
	): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			const cancel = this.#clock.after(answerDeadlineMs, () => reject(new Error(complaint)));
			run(
				(value) => {
					cancel();
					resolve(value);
				},
				(error) => {
					cancel();
					reject(error);
				},
			);
		});
	}

	#end(reason: string): void {
		if (this.#closed) return;
		this.#closed = true;
		for (const { reject } of this.#pending.values())
			reject(new Error(`the session bus is gone: ${reason}`));
		for (const listener of [...this.#closeListeners]) listener();
	}
}

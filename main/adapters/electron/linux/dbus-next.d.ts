// The inner modules of @particle/dbus-next that are used: authentication and the wire format. Its main entry has
// types, but also brings an XML parser, a search for the bus through X11, and a socket whose exceptions nobody
// can catch; a program that only asks a few questions would ship all that for nothing.

declare module "@particle/dbus-next/lib/handshake.js" {
	import type { Duplex } from "node:stream";
	export default function authenticate(
		stream: Duplex,
		options: { readonly authMethods: string[] },
		done: (error: unknown) => void,
	): void;
}

declare module "@particle/dbus-next/lib/message.js" {
	interface Wire {
		/** Calls `onMessage` for each whole message; throws inside the listener if the bytes are no message. */
		unmarshalMessages(
			stream: {
				on(event: "readable", listener: () => void): unknown;
				read(size: number): Buffer | null;
			},
			onMessage: (message: object) => void,
			options: object,
		): void;
	}
	const wire: Wire;
	export default wire;
}

declare module "@particle/dbus-next/lib/marshall-compat.js" {
	interface Format {
		marshallMessage(message: object): [Buffer, unknown[]];
		messageToJsFmt(message: object): {
			/** 1: a call, 2: an answer, 3: an error, 4: a signal. */
			readonly type: number;
			readonly sender?: string;
			readonly path?: string;
			readonly interface?: string;
			readonly member?: string;
			readonly errorName?: string;
			readonly replySerial?: number;
			readonly body: readonly unknown[];
		};
	}
	const format: Format;
	export default format;
}

import { afterAll, afterEach, expect, test } from "vitest";
import { field, lines, PortalBench } from "../testing/netsapiens-client.ts";
import { socketSwitches } from "../testing/netsapiens-switches.ts";
import type { NetsapiensSimulator } from "./simulator.ts";

const bench = new PortalBench(socketSwitches);
const sockets: WebSocket[] = [];
afterEach(async () => {
	for (const socket of sockets.splice(0)) socket.close();
	await bench.close();
});
afterAll(() => {
	expect(bench.unturned).toEqual([]);
});

/** A Socket.IO client bare of everything: packets as they are. */
class Packets {
	readonly received: string[] = [];
	readonly #socket: WebSocket;

	constructor(simulator: NetsapiensSimulator, version: number) {
		const origin = simulator.socket.origin.replace("http:", "ws:");
		this.#socket = new WebSocket(`${origin}/socket.io/?EIO=${String(version)}&transport=websocket`);
		sockets.push(this.#socket);
		this.#socket.addEventListener("message", ({ data }) => this.received.push(String(data)));
	}

	/** `open` or `close`, whichever comes first. */
	outcome(): Promise<string> {
		return new Promise((resolve) => {
			this.#socket.addEventListener("open", () => resolve("open"));
			this.#socket.addEventListener("close", () => resolve("close"));
		});
	}

	closed(): Promise<void> {
		return new Promise((resolve) => {
			this.#socket.addEventListener("close", () => resolve());
		});
	}

	send(packet: string): void {
		this.#socket.send(packet);
	}

	subscribe(wish: object): void {
		this.send(`42${JSON.stringify(["subscribe", wish])}`);
	}

	async next(start: string): Promise<string> {
		const found = await expect
			.poll(() => this.received.find((packet) => packet.startsWith(start)))
			.toBeDefined()
			.then(() => this.received.findIndex((packet) => packet.startsWith(start)));
		return this.received.splice(found, 1)[0] ?? "";
	}
}

async function webToken(simulator: NetsapiensSimulator): Promise<string> {
	const client = await bench.client(simulator);
	const { body } = await client.call("POST", "/jwt", {
		grant_type: "password",
		client_id: "trunkline",
		client_secret: "client-secret",
		username: "2500@portal",
		password: "secret",
	});
	return field(body, "token");
}

test("there is no socket unless a switch says so, and then only of one version (Q2)", async () => {
	const { simulator } = await bench.desk();
	expect(await new Packets(simulator, 4).outcome()).toBe("close");
	bench.turn(simulator, { socketVersion: 3 });
	expect(await new Packets(simulator, 4).outcome()).toBe("close");
	expect(await new Packets(simulator, 3).outcome()).toBe("open");
	expect((await fetch(simulator.socket.origin)).status).toBe(404);
});

test("version 4: connect, subscribe to chat, hear of a text under the switch's name (Q1); pings by the server", async () => {
	const { simulator, clock } = await bench.desk();
	bench.turn(simulator, { socketVersion: 4 });
	const bearer = await webToken(simulator);
	const packets = new Packets(simulator, 4);
	expect(JSON.parse((await packets.next("0")).slice(1))).toMatchObject({
		pingInterval: 25_000,
		upgrades: [],
	});
	packets.send("40");
	expect(await packets.next("40")).toContain('"sid"');
	const chat = { type: "chat", domain: "portal", user: "2500", bearer, application: "test" };
	packets.subscribe({ ...chat, bearer: "0".repeat(32) });
	expect(await packets.next("42")).toBe('42["status",{"status":"Token refused or expired"}]');
	packets.subscribe({ ...chat, user: "1123" });
	expect(await packets.next("42")).toBe('42["status",{"status":"User refused"}]');
	packets.subscribe({ ...chat, domain: "elsewhere" });
	expect(await packets.next("42")).toBe('42["status",{"status":"Domain refused"}]');
	packets.subscribe({ ...chat, type: "contacts" });
	expect(await packets.next("42")).toBe('42["status",{"status":"Subscription Complete"}]');
	packets.subscribe(chat);
	expect(await packets.next("42")).toBe('42["status",{"status":"Subscription Complete"}]');
	const customer = simulator.customers.customer(lines.customer);
	customer.write(lines.picture, "hello");
	const [session] = simulator.conversations.all;
	const told = { domain: "portal", user: "2500", session_id: session?.id };
	expect(await packets.next("42")).toBe(`42${JSON.stringify(["chat", told])}`);
	bench.turn(simulator, { socketChatEvent: null });
	customer.write(lines.picture, "silent");
	bench.turn(simulator, { socketChatEvent: "message-chat" });
	customer.write(lines.picture, "renamed");
	expect(await packets.next("42")).toContain('["message-chat",');
	clock.advance(25_000);
	expect(await packets.next("2")).toBe("2");
	const gone = packets.closed();
	simulator.socket.dropConnections();
	await gone;
	await expect.poll(() => simulator.socket.connections).toBe(0);
});

test("version 3: connected at once, the client pings, a goodbye ends it", async () => {
	const { simulator } = await bench.desk();
	bench.turn(simulator, { socketVersion: 3 });
	const packets = new Packets(simulator, 3);
	await packets.next("0");
	expect(await packets.next("40")).toBe("40");
	packets.send("2probe");
	expect(await packets.next("3")).toBe("3probe");
	packets.send("42nonsense");
	packets.subscribe({ type: "chat", padding: "x".repeat(70_000) });
	expect(await packets.next("42")).toContain("Token refused");
	const gone = packets.closed();
	packets.send("41");
	await gone;
});

import { createServer } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { TextusSwitches } from "../../../../practice/textus/switches.ts";
import { listen } from "../../../../tests/servers/listen.ts";
import { toAppError } from "../../../../shared/errors.ts";
import { closeOffices, dana, danaKey, type Office, openOffice } from "./testing/office.spec.ts";

const servers: (() => Promise<void>)[] = [];

afterEach(async () => {
	await closeOffices();
	for (const close of servers.splice(0)) await close();
});

const withHello = {
	before: (simulator: Office["simulator"]) => simulator.customer(dana).write("my_account", "hello"),
};

async function failed(office: Office, key: string) {
	await office.until(() => office.own(key).at(-1)?.state === "failed");
	const event = office.own(key).at(-1);
	if (event?.remoteId == null) throw new Error("no message");
	return event as typeof event & { readonly remoteId: string };
}

const png = Buffer.from("89504e470d0a1a0a", "hex");

describe("row 13: files by a public address, or through the operator's upload service", () => {
	test("row 13: without one, files of this computer are refused with the reason", async () => {
		const office = await openOffice(withHello);
		expect((await office.line())?.attachments?.byAddressOnly).toEqual({
			code: "attachment.byAddressOnly",
		});
		const bytes = { kind: "bytes", name: "a.png", type: "image/png", bytes: png } as const;
		expect(await office.send(danaKey, "", { files: [bytes] })).toMatchObject({
			kind: "rejected",
			error: { code: "attachment.byAddressOnly" },
		});
		const address = {
			kind: "address",
			address: "https://files.example.invalid/a.png",
			type: "image/png",
		} as const;
		expect((await office.send(danaKey, "look", { files: [address] })).kind).toBe("accepted");
		expect(office.simulator.ledger.entries).toMatchObject([
			{ attachment: { url: "https://files.example.invalid/a.png", contentType: "image/png" } },
		]);
	});

	test("row 13: with one, they are put there and sent by their address", async () => {
		const puts: {
			url: string;
			type: string | undefined;
			authorization: string | undefined;
			bytes: Buffer;
		}[] = [];
		const answer = { status: 201 };
		const server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on("data", (chunk: Buffer) => chunks.push(chunk));
			request.on("end", () => {
				const { authorization, "content-type": type } = request.headers;
				puts.push({ url: request.url ?? "", type, authorization, bytes: Buffer.concat(chunks) });
				response.writeHead(answer.status).end();
			});
		});
		const listening = await listen(server);
		const { port } = listening;
		servers.push(() => listening.close());
		const uploadAddress = `http://127.0.0.1:${String(port)}/in/`;
		const office = await openOffice({
			...withHello,
			uploadAddress,
			switches: { attachmentCheck: "never" },
		});
		expect((await office.line())?.attachments?.byAddressOnly).toBeNull();
		const file = { kind: "bytes", name: "Dana's mug.PNG", type: "image/png", bytes: png } as const;
		expect((await office.send(danaKey, "look", { files: [file] })).kind).toBe("accepted");
		expect(puts).toMatchObject([{ type: "image/png", authorization: undefined, bytes: png }]);
		expect(puts[0]?.url).toMatch(/^\/in\/[\da-f-]{36}\.png$/u);
		const url = `http://127.0.0.1:${String(port)}${puts[0]?.url ?? ""}`;
		expect(office.simulator.ledger.entries).toMatchObject([
			{ attachment: { url, contentType: "image/png" } },
		]);
		answer.status = 507;
		expect(await office.send(danaKey, "no", { files: [file] })).toMatchObject({
			kind: "rejected",
			error: { code: "http.status", params: { status: 507 } },
		});
		await listening.close();
		servers.pop();
		expect(await office.send(danaKey, "no", { files: [file] })).toMatchObject({
			kind: "rejected",
			retry: "automatic",
		});
		expect(office.simulator.ledger.entries).toHaveLength(1);
	});

	test("row 13: an upload address that TextUs could not fetch from is refused at the sign-in", async () => {
		const office = await openOffice({ settle: false });
		for (const uploadAddress of [
			"ftp://files.example",
			"files",
			"http://files.example/",
			"https://a:b@files.example/",
			"https://files.example/?x",
		]) {
			const signingIn = office.signIn("ann-token", { uploadAddress });
			await expect(signingIn).rejects.toMatchObject({ error: { code: "attachment.badAddress" } });
		}
		expect(office.paths()).toEqual([]);
	});
});

test("row 14: 525 000 bytes are refused here, one less is sent", async () => {
	const server = createServer((request, response) => {
		request.resume().on("end", () => response.writeHead(200).end());
	});
	const listening = await listen(server);
	const { port } = listening;
	servers.push(() => listening.close());
	const uploadAddress = `http://127.0.0.1:${String(port)}`;
	const office = await openOffice({ ...withHello, uploadAddress, switches: { attachmentCheck: "never" } });
	const file = (bytes: number) =>
		({ kind: "bytes", name: "a.gif", type: "image/gif", bytes: new Uint8Array(bytes) }) as const;
	expect((await office.line())?.attachments?.mostBytes).toBe(524_999);
	expect(await office.send(danaKey, "", { files: [file(525_000)] })).toMatchObject({
		error: { code: "attachment.tooLarge" },
	});
	expect(await office.send(danaKey, "", { files: [file(0)] })).toMatchObject({
		error: { code: "attachment.empty" },
	});
	expect(await office.send(danaKey, "", { files: [file(1), file(1)] })).toMatchObject({
		error: { code: "attachment.tooMany" },
	});
	const exe = { kind: "bytes", name: "a.exe", type: "application/x-msdownload", bytes: png } as const;
	expect(await office.send(danaKey, "", { files: [exe] })).toMatchObject({
		error: { code: "attachment.type" },
	});
	expect((await office.send(danaKey, "", { files: [file(524_999)] })).kind).toBe("accepted");
	expect(office.simulator.ledger.entries).toHaveLength(1);
});

describe("row 13: what the server says of a file is shown, at once or later", () => {
	const address = (url: string) => ({ kind: "address", address: url, type: "image/png" }) as const;

	test("row 13: refused at once, and failed later", async () => {
		const office = await openOffice(withHello);
		const bad = `${office.simulator.origin}/files/none.png`;
		expect(await office.send(danaKey, "x", { files: [address(bad)] })).toMatchObject({
			kind: "rejected",
			error: { code: "message.refused", detail: "Attachments media url could not be fetched" },
		});
		office.simulator.switches.attachmentCheck = "later";
		expect((await office.send(danaKey, "x", { files: [address(bad)] })).kind).toBe("accepted");
		expect(await failed(office, danaKey)).toMatchObject({
			problem: { detail: "Attachments media url could not be fetched" },
			retryAllowed: false,
		});
	});

	test.each([
		"http://files.example/a.png",
		"https://user:word@files.example/a.png",
		"file:///etc/passwd",
		"a.png",
	])("row 13: %s is no public address", async (url) => {
		const office = await openOffice(withHello);
		expect(await office.send(danaKey, "x", { files: [address(url)] })).toMatchObject({
			error: { code: "attachment.badAddress" },
		});
	});
});

describe("row 15: files are fetched on demand, without the token, and an old address is renewed once", () => {
	const file = { contentType: "image/png", bytes: png, name: "mug.png", width: 1, height: 1 };

	async function arrived(switches: Partial<TextusSwitches>) {
		const office = await openOffice({ switches });
		office.simulator.customer(dana).write("my_account", "", file);
		await office.until(() => office.of("message").length > 0);
		const [event] = office.of("message");
		const ref = event?.files?.[0]?.ref ?? "";
		const fetch = (maxBytes = 1000) =>
			office.passing(
				office.session.files.fetch(
					{ ref, peer: danaKey, messageId: event?.remoteId ?? null },
					maxBytes,
					office.signal,
				),
			);
		return { office, event, ref, fetch };
	}

	test.each([403, 404] as const)(
		"row 15: refused with %d when its time is over",
		async (expiredAttachmentStatus) => {
			const { office, event, ref, fetch } = await arrived({
				attachmentLifetimeMs: 5000,
				expiredAttachmentStatus,
				attachmentHost: "other",
			});
			expect(event?.files).toMatchObject([
				{ type: "image/png", name: "mug.png", bytes: png.length, width: 1, height: 1 },
			]);
			expect(ref).not.toContain("http");
			const { bytes, type } = await fetch();
			expect([Buffer.from(bytes), type]).toEqual([png, "image/png"]);
			await office.pass(20_000);
			const asked = office.requests().length;
			expect((await fetch()).type).toBe("image/png");
			const files = office.requests(asked).filter(({ path }) => path.startsWith("/files/"));
			expect(files.map(({ status }) => status)).toEqual([expiredAttachmentStatus, 200]);
			expect(files.every(({ credentials }) => credentials === "none")).toBe(true);
		},
	);

	test("row 15: a file of an earlier run is found through the timeline; one that is gone is said to be", async () => {
		const { office, fetch } = await arrived({ attachmentHost: "other" });
		const other = await openOffice({ settle: false });
		expect(other.events).toEqual([]);
		const { files } = office.session;
		const none = files.fetch(
			{ ref: "/attachments/none", peer: danaKey, messageId: "/messages/none" },
			1000,
			office.signal,
		);
		expect(await office.passing(none.catch(toAppError))).toMatchObject({ code: "attachment.gone" });
		expect(await fetch(4).catch(toAppError)).toMatchObject({ code: "attachment.tooLarge" });
		office.simulator.faults.next({
			action: "status",
			status: 404,
			times: 2,
			match: { path: /^\/files\//u },
		});
		expect(await fetch().catch(toAppError)).toMatchObject({ code: "attachment.gone" });
	});
});

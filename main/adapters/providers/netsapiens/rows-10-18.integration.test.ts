import { afterEach, expect, test } from "vitest";
import {
	Floor,
	type DeskOptions,
	customer,
	own,
	pixel,
	picture,
	smsKey,
	chatKey,
	logged,
} from "./testing/desk.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

const password = (change: DeskOptions["credentials"]): DeskOptions => ({
	credentials: change ?? {},
	settle: false,
});

test.each([
	[413, "attachment.tooLarge"],
	[400, "message.refused"],
] as const)(
	"row 10: a medium that the server answers with %i: its own words are shown",
	async (status, code) => {
		const desk = await floor.both({ switches: { mostMediaBytes: 10, mediaTooLargeStatus: status } });
		expect(await desk.send(chatKey, "", { files: [picture()] })).toMatchObject({
			kind: "rejected",
			retry: "byPerson",
			error: { code, detail: "Message failed to send because file is too large!" },
		});
	},
);

test("row 10: a type that the carrier does not take is refused in its words", async () => {
	const desk = await floor.both({ switches: { mediaTypes: ["image/gif"] } });
	expect(await desk.send(smsKey, "look", { files: [picture()] })).toMatchObject({
		kind: "rejected",
		error: {
			code: "message.refused",
			detail: expect.stringContaining("not supported by carrier") as unknown,
		},
	});
});

test("row 10: our own caps hold before anything leaves", async () => {
	const desk = await floor.both();
	const large = { ...picture(), bytes: new Uint8Array(600_001) };
	expect(await desk.send(smsKey, "", { files: [large] })).toMatchObject({
		error: { code: "attachment.tooLarge" },
	});
	const page = { kind: "bytes" as const, name: "x.html", type: "text/html", bytes: new Uint8Array(4) };
	expect(await desk.send(smsKey, "", { files: [page] })).toMatchObject({
		error: { code: "attachment.type" },
	});
	expect(await desk.send(chatKey, "", { files: [page] })).toMatchObject({
		error: { code: "attachment.type" },
	});
	expect(await desk.send(smsKey, "", { files: [picture(), picture()] })).toMatchObject({
		error: { code: "attachment.tooMany" },
	});
	expect(await desk.send(smsKey, "")).toMatchObject({ error: { code: "message.empty" } });
	expect(desk.simulator.ledger.entries).toEqual([]);
});

test.each(["accepted", "refused"] as const)(
	"row 10: a picture without words, empty text %s: sent with the vendor's filler, shown without words, one bubble",
	async (emptyMessageWithMedia) => {
		const desk = await floor.both({ switches: { emptyMessageWithMedia } });
		await desk.send(smsKey, "", { files: [picture()] });
		await desk.send(chatKey, "", { files: [picture()] });
		await desk.seconds(9);
		expect(
			desk.simulator.ledger.entries.map(({ type, text, mediaBytes }) => [type, text, mediaBytes]),
		).toEqual([
			["mms", "media", pixel.length],
			["chat-media", "media", pixel.length],
		]);
		expect(desk.bubbles.texts).toEqual(["", ""]);
		expect(desk.bubbles.states).toEqual(["sent", "sent"]);
		expect(desk.bubbles.remoteIds).toEqual(
			desk.simulator.ledger.entries.map(({ messageId }) => messageId),
		);
	},
);

test.each([true, false])(
	"row 11: a received picture, its key written with a space: %s",
	async (spaceAfterMediaKey) => {
		const desk = await floor.both({ switches: { spaceAfterMediaKey } });
		const media = { mimeType: "image/png", bytes: pixel };
		desk.simulator.customers.customer(customer).write(own.picture, "look", media);
		await desk.check();
		const { files = [], remoteId } = await desk.event("message");
		expect(files).toMatchObject([{ type: "image/png", bytes: pixel.length, name: null }]);
		const ref = files[0]?.ref ?? "";
		const got = await desk.session.files.fetch(
			{ ref, peer: smsKey, messageId: remoteId },
			1_000_000,
			desk.signal,
		);
		expect(Buffer.from(got.bytes).equals(pixel)).toBe(true);
		expect(got.type).toBe("image/png");
		expect(desk.simulator.mediaUrls.bearersSeen).toEqual([]);
		expect(logged.join()).not.toContain("auth=");
	},
);

test("row 11: an address that has run out is read anew, once", async () => {
	const desk = await floor.both({ switches: { mediaUrlLifetimeMs: 60_000 } });
	const media = { mimeType: "image/png", bytes: pixel };
	desk.simulator.customers.customer(customer).write(own.picture, "look", media);
	await desk.check();
	const { files = [], remoteId } = await desk.event("message");
	desk.clock.advance(3_600_000);
	const got = await desk.session.files.fetch(
		{ ref: files[0]?.ref ?? "", peer: smsKey, messageId: remoteId },
		1_000_000,
		desk.signal,
	);
	expect(got.bytes).toHaveLength(pixel.length);
});

test("row 11: the token goes to the configured server only, and only when that wants it", async () => {
	const desk = await floor.both({ switches: { mediaAuthentication: "bearer" } });
	const media = { mimeType: "image/png", bytes: pixel };
	desk.simulator.customers.customer(customer).write(own.picture, "look", media);
	await desk.check();
	const { files = [], remoteId } = await desk.event("message");
	const ref = files[0]?.ref ?? "";
	const got = await desk.session.files.fetch(
		{ ref, peer: smsKey, messageId: remoteId },
		1_000_000,
		desk.signal,
	);
	expect(got.bytes).toHaveLength(pixel.length);
	expect(desk.simulator.mediaUrls.bearersSeen).toHaveLength(1);
	// The same server by another name is another host.
	desk.simulator.switches.mediaHost = `localhost:${new URL(desk.simulator.origin).port}`;
	await expect(
		desk.session.files.fetch(
			{ ref: ref.replace("127.0.0.1", "localhost"), peer: smsKey, messageId: remoteId },
			1_000_000,
			desk.signal,
		),
	).rejects.toThrow();
	expect(desk.simulator.mediaUrls.bearersSeen.every((host) => host.startsWith("127.0.0.1"))).toBe(true);
});

test("row 11: a medium that is no more, and one that is larger than is allowed", async () => {
	const desk = await floor.both();
	const media = { mimeType: "image/png", bytes: Buffer.alloc(5000, 1) };
	desk.simulator.customers.customer(customer).write(own.picture, "look", media);
	await desk.check();
	const { files = [], remoteId } = await desk.event("message");
	const ref = files[0]?.ref ?? "";
	const fetch = (file: { ref: string; messageId: string | null }, most: number): Promise<unknown> =>
		desk.session.files.fetch({ ...file, peer: smsKey }, most, desk.signal);
	await expect(fetch({ ref, messageId: remoteId }, 4999)).rejects.toMatchObject({
		error: { code: "network.tooLarge" },
	});
	const wrong = ref.replace(/auth=[0-9a-f]+/, `auth=${"0".repeat(32)}`);
	await expect(fetch({ ref: wrong, messageId: "nobody" }, 9999)).rejects.toMatchObject({
		error: { code: "attachment.gone" },
	});
	// Without an address at all it is asked for.
	expect(await fetch({ ref: "", messageId: remoteId }, 9999)).toMatchObject({ type: "image/png" });
	await expect(fetch({ ref: "file:///etc/passwd", messageId: "nobody" }, 9999)).rejects.toMatchObject({
		error: { code: "media.address" },
	});
});

test.each(["accepted", "refused"] as const)(
	"row 12: a plus in a destination %s: digits are sent, eleven of them for North America",
	async (plusInDestination) => {
		const desk = await floor.both({ switches: { plusInDestination } });
		const [line = null] = await desk.session.lines(desk.signal);
		const typed = [
			"(714) 555-0353",
			"+1 714 555 0353",
			"7145550353",
			"17145550353",
			"+44 20 7946 0958",
			"50123",
		];
		const threads = typed.map((address) => {
			const thread = floor.provider.begin(
				{ addresses: [address], line, title: null },
				{ random: { next: () => 0, uuid: () => "" }, numbers: floor.numbers },
			);
			return thread;
		});
		expect(threads.map(({ peer }) => peer)).toEqual([
			smsKey,
			smsKey,
			smsKey,
			smsKey,
			`sms:${own.picture}:442079460958`,
			`sms:${own.picture}:50123`,
		]);
		for (const thread of [threads[0], threads[4]])
			await desk.send(thread?.peer ?? "", "hi", { thread: thread ?? null });
		expect(
			desk.simulator.ledger.entries.map(({ destinations, fromNumber }) => [fromNumber, destinations]),
		).toEqual([
			[own.picture, [customer]],
			[own.picture, ["442079460958"]],
		]);
		await desk.seconds(9);
		expect(desk.bubbles.states).toEqual(["sent", "sent"]);
		// What the server calls them later is the same conversation.
		expect(new Set(desk.of("thread").map(({ peer }) => peer))).toEqual(
			new Set([smsKey, `sms:${own.picture}:442079460958`]),
		);
	},
);

test.each([
	[400, "error"],
	[401, "error"],
	[403, "emptyObject"],
	[404, "error"],
] as const)(
	"row 13: a wrong password answered %i (%s): rejected once, in the server's words, never tried again",
	async (wrongPasswordStatus, wrongPasswordBody) => {
		const simulator = await floor.simulator({ switches: { wrongPasswordStatus, wrongPasswordBody } });
		const words = wrongPasswordBody === "error" ? { detail: "The username or password is invalid" } : {};
		await expect(floor.desk(simulator, password({ secret: "wrong" }))).rejects.toMatchObject({
			error: { code: "auth.wrongPassword", ...words },
		});
		expect(simulator.journal.requests({ method: "POST", path: "/tokens" })).toHaveLength(1);
		const legacy = simulator.journal.requests({ method: "POST", path: "/oauth2/token/" });
		expect(legacy).toHaveLength(wrongPasswordStatus === 404 ? 1 : 0);
	},
);

test("row 13: without /tokens the legacy endpoint is asked once, by POST, and renewed there", async () => {
	const simulator = await floor.simulator({ switches: { tokensRoute: false, generation: 44 } });
	const desk = await floor.desk(simulator);
	expect(desk.session.userName).toBe("2500@portal");
	const legacy = simulator.journal.requests({ path: "/oauth2/token/" });
	expect(legacy.map(({ method, query }) => [method, query])).toEqual([["POST", ""]]);
	simulator.tokens.expireAccess();
	await desk.check();
	expect(simulator.tokens.refreshes).toBe(1);
	expect(simulator.journal.requests({ path: "/tokens" })).toHaveLength(1);
});

test("row 13: neither endpoint is there: not this system", async () => {
	const simulator = await floor.simulator({ switches: { tokensRoute: false, legacyTokensRoute: false } });
	await expect(floor.desk(simulator, password({}))).rejects.toMatchObject({
		error: { code: "auth.notThisSystem" },
	});
});

test("row 14: renewed at 80 % of the lifetime, by itself; the new refresh token is kept", async () => {
	const desk = await floor.both({ switches: { expiresInSeconds: 1000 } });
	const before = floor.kept["refresh"];
	await desk.later(799_000);
	expect(desk.simulator.tokens.refreshes).toBe(0);
	await desk.later(2000);
	expect(desk.simulator.tokens.refreshes).toBe(1);
	expect(floor.kept["refresh"]).not.toBe(before);
	expect(desk.simulator.journal.requests().filter(({ status }) => status === 401)).toEqual([]);
});

test("row 14: a refresh token that is refused: signed out, asked once, and nothing is asked any more", async () => {
	const desk = await floor.both();
	desk.simulator.tokens.expireAll();
	const check = desk.session.check(desk.signal);
	await expect(check).rejects.toMatchObject({ error: { code: "auth.sessionExpired" } });
	await desk.end();
	expect(desk.of("signedOut")).toMatchObject([{ error: { code: "auth.sessionExpired" } }]);
	expect(desk.simulator.tokens.refusedRefreshes).toBe(1);
	const asked = desk.simulator.journal.requests().length;
	await desk.later(600_000);
	expect(desk.simulator.journal.requests()).toHaveLength(asked);
});

test.each(["seconds", "date", "absent"] as const)(
	"row 15: 429 with Retry-After %s: the server's wish is kept to, and then everything is there",
	async (retryAfter) => {
		const desk = await floor.both();
		desk.simulator.customers.customer(customer).write(own.picture, "hello");
		desk.simulator.switches.rateLimit = {
			requests: 1,
			perMs: 1_000_000_000,
			retryAfter,
			waitSeconds: 90,
		};
		await desk.later(24_000);
		await desk.later(24_000);
		const asked = desk.simulator.journal.requests({ path: "/messagesessions" }).length;
		const outcome = await desk.send(smsKey, "not now");
		expect(
			outcome.kind === "notYet" || (outcome.kind === "rejected" && outcome.retry === "automatic"),
		).toBe(true);
		desk.simulator.switches.rateLimit = null;
		if (retryAfter !== "absent") {
			await desk.later(30_000);
			expect(desk.simulator.journal.requests({ path: "/messagesessions" })).toHaveLength(asked);
		}
		await desk.later(200_000);
		await desk.later(200_000);
		expect(desk.texts()).toEqual(["hello"]);
		expect(desk.simulator.ledger.count("not now")).toBe(0);
	},
);

test("row 15: a firewall's page is no crash; an honest name, and devices are read at the sign-in only", async () => {
	const desk = await floor.both({ switches: { bannedAgent: "curl", deviceReadsPerMinute: 1 } });
	for (let poll = 0; poll < 5; poll += 1) await desk.later(24_000);
	expect(desk.simulator.journal.requests({ path: "/devices" })).toHaveLength(1);
	desk.simulator.switches.bannedAgent = "Trunkline";
	await desk.later(24_000);
	expect(desk.of("connection").at(-1)).toMatchObject({
		state: "reconnecting",
		problem: { code: "http.status", params: { status: 403 } },
	});
	expect(await desk.send(smsKey, "hello")).toMatchObject({ kind: "notYet" });
	desk.simulator.switches.bannedAgent = null;
	desk.session.wake();
	await desk.event("connection", ({ state }) => state === "online", desk.events.length - 1);
});

test("row 15: one question at a time, and no faster than the sheet says", async () => {
	const desk = await floor.both();
	desk.session.attend({ focused: true, peer: smsKey });
	desk.simulator.customers.customer(customer).write(own.picture, "hello");
	await desk.seconds(60);
	expect(desk.mostReads).toBe(1);
	const lists = desk.simulator.journal.requests({ path: "/messagesessions" }).length;
	expect(lists).toBeGreaterThanOrEqual(7);
	expect(lists).toBeLessThanOrEqual(12);
	const open = desk.simulator.journal.requests({ path: "/messages" }).length;
	expect(open).toBeLessThanOrEqual(21);
});

test.each([-420, 60, 120])(
	"row 16: times %i minutes off: said once a message of ours shows it, and nothing is shifted",
	async (timeZoneMinutes) => {
		const desk = await floor.both({ switches: { timeZoneMinutes } });
		desk.simulator.customers.customer(customer).write(own.picture, "first");
		await desk.check();
		await desk.send(smsKey, "hello");
		await desk.seconds(9);
		expect(desk.bubbles.states).toEqual(["sent"]);
		expect(desk.bubbles.remoteIds).toEqual([desk.simulator.ledger.entries[0]?.messageId]);
		expect(desk.of("warnings").at(-1)?.warnings).toEqual([
			{ code: "account.timesShifted", params: { hours: timeZoneMinutes / 60 } },
		]);
		const { at } = await desk.event("ownMessage");
		expect(Math.round(((at ?? 0) - desk.clock.now()) / 3_600_000)).toBe(timeZoneMinutes / 60);
		desk.simulator.customers.customer(customer).write(own.picture, "second");
		await desk.check();
		expect(desk.texts()).toEqual(["first", "second"]);
	},
);

test("row 17: the real domain and extension stand in every path, a tilde in none that writes", async () => {
	const desk = await floor.both({ switches: { tildeInWrites: false } });
	desk.simulator.customers.user("1123@portal").chat(["2500", "1004"], "hello");
	await desk.check();
	const group = desk.of("thread").find(({ facts }) => facts.medium === "groupChat")?.peer ?? "";
	await desk.send(smsKey, "hello");
	await desk.session.threads.rename(group, "Team", desk.signal);
	await desk.session.threads.markRead(group, true, desk.signal);
	await desk.session.threads.act(group, "leave", desk.signal);
	await desk.seconds(9);
	const writes = desk.simulator.journal
		.requests()
		.filter(({ method, path }) => method !== "GET" && !path.endsWith("/tokens"));
	expect(writes.length).toBeGreaterThanOrEqual(4);
	for (const { path, status } of writes) {
		expect(path).toMatch(/^\/ns-api\/v2\/domains\/portal\/users\/2500\//);
		expect(status).toBe(202);
	}
});

test("row 18: a number without groups: several recipients are refused before anything leaves", async () => {
	const desk = await floor.both({ switches: { groupWithoutCapability: "split" } });
	const lines = await desk.session.lines(desk.signal);
	expect(
		lines.map(({ id, recipients, attachments }) => [id, recipients, attachments?.mostBytes ?? null]),
	).toEqual([
		[`sms:${own.picture}`, "group", 600_000],
		[`sms:${own.plain}`, "one", null],
		["ext:2500@portal", "group", 5_242_880],
	]);
	const line = lines[1] ?? null;
	const begin = (addresses: string[]): unknown =>
		floor.provider.begin(
			{ addresses, line, title: null },
			{ random: { next: () => 0, uuid: () => "" }, numbers: floor.numbers },
		);
	expect(() => begin([customer, "12285559476"])).toThrow(
		expect.objectContaining({ error: { code: "peer.tooMany", params: { count: 1 } } }) as Error,
	);
	expect(begin([customer])).toMatchObject({ peer: `sms:${own.plain}:${customer}` });
});

test("row 18: a group that wrote to a number without groups is shown, and cannot be answered as one", async () => {
	const desk = await floor.both();
	desk.simulator.customers.customer(customer).groupText(own.plain, ["12285559476"], "hello both");
	await desk.check();
	const key = `groupsms:${own.plain}:12285559476,${customer}`;
	expect(desk.texts(key)).toEqual(["hello both"]);
	expect(desk.thread(key)?.facts.refusal).toEqual({ code: "peer.tooMany", params: { count: 1 } });
});

test("row 10: a number without MMS takes no files", async () => {
	const desk = await floor.both();
	expect(await desk.send(`sms:${own.plain}:${customer}`, "", { files: [picture()] })).toMatchObject({
		kind: "rejected",
		error: { code: "attachment.notOffered" },
	});
});

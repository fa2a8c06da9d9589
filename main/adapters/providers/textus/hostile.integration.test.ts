import { afterEach, describe, expect, test } from "vitest";
import { toAppError } from "../../../../shared/errors.ts";
import { closeOffices, dana, danaKey, type Office, openOffice } from "./testing/office.spec.ts";

afterEach(closeOffices);

const withHello = {
	before: (simulator: Office["simulator"]) => simulator.customer(dana).write("my_account", "hello"),
};

const naughty = [
	"__proto__",
	"constructor",
	"<script>alert(1)</script>",
	"\u0000\u0007\u202e right to left",
	"👩‍👩‍👧‍👦 🇩🇪 é",
	"' OR 1=1; --",
	"${7*7} {{constructor}} %s %n",
	"\ud800 alone",
	"x".repeat(100_000),
];

test("texts of any kind come through as they are, and go out so", async () => {
	const office = await openOffice({ ...withHello, switches: { formattedBody: "raw" } });
	for (const text of naughty) office.simulator.customer(dana).write("my_account", text);
	await office.until(() => office.texts().length === naughty.length + 1);
	expect(office.texts().slice(1)).toEqual(naughty);
	expect(
		(await office.past(danaKey)).map((event) => ("text" in event ? event.text : "")).reverse(),
	).toEqual(["hello", ...naughty]);
	for (const text of naughty.slice(0, 6)) expect((await office.send(danaKey, text)).kind).toBe("accepted");
	expect(office.simulator.ledger.entries.map(({ body }) => body)).toEqual(naughty.slice(0, 6));
});

describe("answers that are not what they should be lose nothing else", () => {
	test.each<[string, string]>([
		[
			"prototype keys",
			'{"members":[{"__proto__":{"a":1},"constructor":null}],"__proto__":{"view":{"next":"/x"}}}',
		],
		[
			"members of the wrong kind",
			'{"members":[null,1,"x",[],{},{"id":7},{"id":"/conversations/x","phoneNumber":{"a":1}}]}',
		],
		[
			"a page that leads to itself",
			'{"members":[],"view":{"next":"/my_account/conversation_filters/all/conversations"}}',
		],
		[
			"huge numbers",
			'{"members":[{"id":1e400,"slug":123456789012345678901234567890,"unreadCount":-1e308}],"totalItems":99999999999999999999}',
		],
		["deep nesting", `{"members":${"[".repeat(200)}${"]".repeat(200)}}`],
		["half of it", '{"members":[{"id":"/conv'],
		["nothing", ""],
		["a list", "[]"],
		["no list at all", '{"hello":"world"}'],
	])("%s", async (_name, body) => {
		const office = await openOffice(withHello);
		for (const path of ["/conversation_filters", "/conversations", "/timeline"])
			office.simulator.faults.next({
				action: "body",
				body,
				processed: false,
				match: { method: "GET", path },
			});
		office.simulator.customer(dana).write("my_account", "after all");
		await office.until(() => office.texts().includes("after all"), 400_000, 1000);
		await office.until(() => office.of("connection").at(-1)?.state === "online", 400_000, 1000);
		expect(office.ended).toBe(false);
	});

	test("a page of HTML, an endless answer and a broken one are an outage that is told", async () => {
		const office = await openOffice(withHello);
		office.simulator.faults.next({
			action: "html",
			status: 502,
			match: { path: "/conversation_filters" },
		});
		await office.until(() => office.of("connection").at(-1)?.state === "reconnecting", 60_000);
		await office.until(() => office.of("connection").at(-1)?.state === "online", 600_000, 1000);
		office.simulator.faults.next({
			action: "huge",
			bytes: 9 * 1024 * 1024,
			match: { path: "/conversation_filters" },
		});
		await office.until(
			() => office.of("connection").at(-1)?.problem?.code === "network.tooLarge",
			120_000,
			500,
		);
		await office.until(() => office.of("connection").at(-1)?.state === "online", 600_000, 1000);
	});
});

describe("links are followed on the server only", () => {
	test.each([
		"https://evil.example.invalid",
		"//evil.example.invalid",
		"\\\\evil.example.invalid",
		"ftp://evil.example.invalid",
	])("%s", async (linkPrefix) => {
		const office = await openOffice({ ...withHello, switches: { pageSize: 1 } });
		office.simulator.switches.linkPrefix = linkPrefix;
		office.simulator.customer(dana).write("my_account", "with a trap");
		// What the list itself says is told all the same, and why there is no more of it.
		await office.until(() => office.texts().includes("with a trap"), 120_000, 500);
		const codes = ["network.foreignRedirect", "network.badAddress"];
		expect(codes).toContain(office.of("problem").at(-1)?.error.code);
		const past = office.session.history.page(danaKey, null, 100, office.signal).catch(toAppError);
		expect(codes).toContain(((await office.passing(past)) as { code?: string }).code);
		const deed = office.session.threads.act(danaKey, "star", office.signal).catch(toAppError);
		expect(codes).toContain(((await office.passing(deed)) as { code?: string }).code);
		expect(office.of("connection").at(-1)?.state).toBe("online");
	});
});

test("neither the token nor a text is ever logged, and errors name no address of a file", async () => {
	const office = await openOffice({ ...withHello });
	office.simulator
		.customer(dana)
		.write("my_account", "very private words", { contentType: "image/png", bytes: Buffer.from("x") });
	await office.until(() => office.texts().includes("very private words"));
	await office.send(danaKey, "my secret answer");
	await office.simulator.network.cut();
	await office.pass(60_000, 1000);
	const log = JSON.stringify(office.logger.lines);
	for (const secret of ["ann-token", "very private words", "my secret answer", "Signature", dana])
		expect(log).not.toContain(secret);
	expect(JSON.stringify(office.events)).not.toContain("Signature");
	expect(JSON.stringify(office.events)).not.toContain("ann-token");
});

test("a conversation that cannot be read does not keep the others from being told", async () => {
	const office = await openOffice(withHello);
	const { simulator } = office;
	simulator.faults.next({ action: "status", status: 500, times: 1, match: { path: "/timeline" } });
	simulator.customer(dana).write("my_account", "one");
	simulator.customer("+13035550122").write("my_account", "two");
	await office.until(() => office.texts().includes("one") && office.texts().includes("two"), 600_000, 1000);
});

test("a slow reader is not asked for more than it can store", async () => {
	const office = await openOffice({ ...withHello, settle: false });
	const session = await office.signIn();
	const reader = session.events(office.signal)[Symbol.asyncIterator]();
	const first = await office.passing(reader.next());
	if (first.done === true) throw new Error("it ended");
	expect(first.value[0]).toMatchObject({ type: "connection", state: "online" });
	await office.pass(5000);
	const asked = office.requests().filter(({ path }) => path.endsWith("/conversation_filters")).length;
	await office.pass(120_000, 1000);
	expect(office.requests().filter(({ path }) => path.endsWith("/conversation_filters")).length).toBe(asked);
	await reader.return?.(undefined);
});

test("after closing nothing is asked, and what waits is refused", async () => {
	const office = await openOffice(withHello);
	await office.session.close();
	const asked = office.requests().length;
	await office.pass(120_000, 1000);
	expect(office.requests().length).toBe(asked);
	expect(await office.send(danaKey, "too late")).toMatchObject({ kind: "notYet", reason: "offline" });
	expect(await office.session.check().catch(toAppError)).toMatchObject({ code: "cancelled" });
	expect(office.ended).toBe(true);
});

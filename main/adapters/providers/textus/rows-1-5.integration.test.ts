import { afterEach, describe, expect, test } from "vitest";
import type { TextusSwitches } from "../../../../practice/textus/switches.ts";
import { toAppError } from "../../../../shared/errors.ts";
import { closeOffices, dana, danaKey, type Office, openOffice } from "./testing/office.spec.ts";

afterEach(closeOffices);

async function failure(work: Promise<unknown>) {
	try {
		await work;
	} catch (thrown) {
		return toAppError(thrown);
	}
	throw new Error("it did not fail");
}

function conversationOf(office: Office) {
	const found = office.simulator.customer(dana).conversationWith("my_account");
	if (found === null) throw new Error("no conversation");
	return found;
}

const withHello = {
	before: (simulator: Office["simulator"]) => simulator.customer(dana).write("my_account", "hello"),
};

describe("row 1: any form of an error is read for its words, and its status alone decides", () => {
	test.each<[TextusSwitches["errorBody"], string | undefined]>([
		["hydra", "Body is too long (maximum is 5 characters)"],
		["error", "Body is too long (maximum is 5 characters)"],
		["errors", "Body is too long (maximum is 5 characters)"],
		["errorObjects", "Body is too long (maximum is 5 characters)"],
		["errorMap", "Body is too long (maximum is 5 characters)"],
		["violations", "Body is too long (maximum is 5 characters)"],
		["empty", "HTTP 422"],
		["html", "HTTP 422"],
	])("row 1: %s", async (errorBody, detail) => {
		const office = await openOffice({ switches: { errorBody, bodyLimit: 5 } });
		const outcome = await office.send(danaKey, "much too long");
		expect(outcome).toMatchObject({
			kind: "rejected",
			error: { code: "message.refused", detail },
			retry: "byPerson",
		});
		expect(office.simulator.ledger.entries).toEqual([]);
	});
});

describe("row 2: a token that is refused ends everything, and nothing is asked again", () => {
	test.each([401, 403, 200] as const)("row 2: at the sign-in, %d", async (badToken) => {
		const office = await openOffice({ settle: false, switches: { badToken } });
		expect(await failure(office.signIn("wrong"))).toMatchObject({ code: "auth.tokenRefused" });
		expect(office.paths()).toEqual(["GET /profile"]);
	});

	test.each([401, 403, 200] as const)("row 2: in the middle of a session, %d", async (badToken) => {
		const office = await openOffice({ ...withHello, switches: { badToken } });
		office.simulator.tokens.revoke("ann-token");
		await office.until(() => office.ended);
		expect(office.of("signedOut")).toMatchObject([{ error: { code: "auth.tokenRefused" } }]);
		const asked = office.requests().length;
		await office.pass(600_000, 5000);
		expect(office.requests().length).toBe(asked);
	});

	test("row 2: many requests at once with a token that was revoked end in one word, without a loop", async () => {
		const office = await openOffice(withHello);
		office.simulator.tokens.revoke("ann-token");
		const asked = office.requests().length;
		const texts = ["one", "two", "three", "four", "five"];
		const outcomes = await office.passing(
			Promise.all(
				texts.map((text) => office.session.send(office.message(danaKey, text), office.signal)),
			),
		);
		for (const outcome of outcomes) expect(["rejected", "notYet"]).toContain(outcome.kind);
		await office.until(() => office.ended);
		expect(office.of("signedOut")).toHaveLength(1);
		expect(office.requests().length - asked).toBeLessThanOrEqual(texts.length + 1);
		expect(office.simulator.ledger.entries).toEqual([]);
	});
});

test("row 2: something else that answers is no TextUs", async () => {
	const office = await openOffice({ settle: false });
	office.simulator.faults.next({ action: "html", status: 200 });
	expect(await failure(office.signIn())).toMatchObject({
		code: "auth.notThisSystem",
		params: { host: expect.any(String) as string },
	});
	office.simulator.faults.next({ action: "status", status: 503 });
	office.simulator.faults.next({ action: "status", status: 503 });
	office.simulator.faults.next({ action: "status", status: 503 });
	expect(await failure(office.signIn())).toMatchObject({ code: "http.overloaded" });
	expect(await failure(office.signIn("no token\nat all"))).toMatchObject({ code: "auth.tokenRefused" });
	expect(await failure(office.signIn(" "))).toMatchObject({ code: "auth.secretMissing" });
});

test("row 3: a token is all there is to sign in with, and the user name is told by it", async () => {
	const office = await openOffice({ settle: false });
	expect(office.provider.description.signIn.methods).toEqual([{ kind: "token", userName: "optional" }]);
	expect(office.provider.description.signIn.server).toBe("https://next.textus.com");
	const session = await office.signIn("ann-token");
	expect(session.userName).toBe("ann@example.com");
	expect(office.requests().every(({ credentials }) => credentials === "bearer")).toBe(true);
});

describe("row 4: actions go through the links, and one that the server does not know is not offered again", () => {
	test("row 4: close, reopen, star, unstar, block and unblock", async () => {
		const office = await openOffice(withHello);
		const { threads } = office.session;
		const actions = () => office.thread(danaKey)?.facts.actions;
		expect(actions()).toEqual(["close", "star", "block"]);
		await office.passing(threads.act(danaKey, "close", office.signal));
		expect(office.thread(danaKey)?.facts).toMatchObject({
			closed: true,
			actions: ["reopen", "star", "block"],
		});
		await office.passing(threads.act(danaKey, "reopen", office.signal));
		expect(office.thread(danaKey)?.facts.closed).toBe(false);
		await office.passing(threads.act(danaKey, "star", office.signal));
		expect(office.thread(danaKey)?.facts).toMatchObject({
			starred: true,
			actions: ["close", "unstar", "block"],
		});
		await office.passing(threads.act(danaKey, "unstar", office.signal));
		expect(office.thread(danaKey)?.facts.starred).toBe(false);
		await office.passing(threads.act(danaKey, "block", office.signal));
		expect(office.thread(danaKey)?.facts).toMatchObject({ refusal: { code: "peer.blocked" } });
		expect(actions()).toContain("unblock");
		await office.passing(threads.act(danaKey, "unblock", office.signal));
		expect(office.thread(danaKey)?.facts.refusal).toBeNull();
		expect(await failure(threads.act(danaKey, "unblock", office.signal))).toMatchObject({
			code: "action.notOffered",
		});
		expect(await failure(threads.rename())).toMatchObject({ code: "group.notChangeable" });
	});

	test.each([404, 405, 501] as const)("row 4: refused with %d", async (status) => {
		const office = await openOffice({
			...withHello,
			switches: { refusedActions: { close: status, unread: status, star: status } },
		});
		const { threads } = office.session;
		expect(await failure(office.passing(threads.act(danaKey, "close", office.signal)))).toMatchObject({
			code: "action.notOffered",
		});
		const asked = office.requests().length;
		expect(office.thread(danaKey)?.facts.actions).toEqual(["star", "block"]);
		expect(await failure(threads.act(danaKey, "close", office.signal))).toMatchObject({
			code: "action.notOffered",
		});
		expect(office.requests().length).toBe(asked);
		expect(await failure(office.passing(threads.act(danaKey, "star", office.signal)))).toMatchObject({
			code: "action.notOffered",
		});
		expect(office.thread(danaKey)?.facts.actions).toEqual(["block"]);
		// The mark stays on this computer, and the server is not asked again.
		await office.passing(threads.markRead(danaKey, false, office.signal));
		const tried = office.paths().filter((path) => path.startsWith("DELETE")).length;
		await office.passing(threads.markRead(danaKey, false, office.signal));
		expect(office.paths().filter((path) => path.startsWith("DELETE")).length).toBe(tried);
	});

	test.each(["null", "absent"] as const)(
		"row 4: what is not available is %s and not offered",
		async (unavailableLink) => {
			const office = await openOffice({
				...withHello,
				switches: { unavailableLink, hiddenActions: ["close", "star", "unread"] },
			});
			expect(office.thread(danaKey)?.facts.actions).toEqual(["block"]);
			await office.passing(office.session.threads.markRead(danaKey, false, office.signal));
			expect(office.paths().some((path) => path.startsWith("DELETE"))).toBe(false);
		},
	);

	test("row 4: a conversation that changed elsewhere, and one that is gone", async () => {
		const office = await openOffice(withHello);
		const { simulator, session } = office;
		simulator.faults.next({ action: "status", status: 409, match: { method: "PUT" } });
		const reads = office.paths().filter((path) => /^GET .conversations.\w+$/u.test(path)).length;
		expect(
			await failure(office.passing(session.threads.act(danaKey, "close", office.signal))),
		).toMatchObject({ code: "http.status", params: { status: 409 } });
		expect(office.paths().filter((path) => /^GET .conversations.\w+$/u.test(path)).length).toBe(
			reads + 1,
		);
		const path = new RegExp(`^/conversations/${conversationOf(office).id}`, "u");
		simulator.faults.next({ action: "status", status: 404, times: 2, match: { path } });
		expect(
			await failure(office.passing(session.threads.act(danaKey, "close", office.signal))),
		).toMatchObject({ code: "action.notOffered" });
		expect(office.of("threadGone")).toEqual([{ type: "threadGone", peer: danaKey }]);
		// What the server has after all comes back with its list.
		const from = office.events.length;
		await office.until(() => office.of("thread", from).length > 0);
		expect(office.thread(danaKey)?.facts.actions).toContain("close");
	});
});

describe("row 5: folders are those that the server names", () => {
	test("row 5: others than the usual ones", async () => {
		const folders = [
			{ slug: "queue-7", title: "Waiting", holds: "open" },
			{ slug: "done", title: "Done", holds: "closed" },
		] as const;
		const office = await openOffice({ ...withHello, switches: { folders } });
		expect(
			office
				.of("folders")
				.at(-1)
				?.folders.map(({ id, title }) => [id, title]),
		).toEqual([
			["my_account/queue-7", "Waiting"],
			["my_account/done", "Done"],
		]);
		expect(office.paths().some((path) => path.includes("/all/"))).toBe(false);
		office.simulator.customer(dana).write("my_account", "in another list");
		await office.until(() => office.texts().includes("in another list"));
		const { threads } = await office.passing(
			office.session.folders.page("my_account/queue-7", null, office.signal),
		);
		expect(threads).toMatchObject([{ peer: danaKey }]);
		expect(
			await failure(office.session.folders.page("elsewhere/all", null, office.signal)),
		).toMatchObject({ code: "input.invalid" });
		expect(
			await failure(
				office.passing(office.session.folders.page("my_account/none", null, office.signal)),
			),
		).toMatchObject({ code: "http.status", params: { status: 404 } });
	});

	test("row 5: none at all", async () => {
		const office = await openOffice({ ...withHello, switches: { folders: [] } });
		expect(office.of("folders").at(-1)?.folders).toEqual([
			{ id: "my_account/all", title: "All", unread: null },
		]);
		expect(office.texts()).toEqual(["hello"]);
	});
});

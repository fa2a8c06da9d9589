import * as v from "valibot";
import { afterEach, expect, test } from "vitest";
import { AppFailure, appError } from "../../../../shared/errors.ts";
import type { SendOutcome } from "../../../core/ports/provider.ts";
import { TransportFailure } from "../../../core/ports/runtime.ts";
import { RestFailure } from "./rest-failure.ts";
import { type SendRules, failureOutcome, postOutcome } from "./send-outcome.ts";
import { type Answer, type Respond, restBench } from "./testing/server.spec.ts";

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
	await Promise.all(open.splice(0).map((close) => close()));
});

async function bench(respond: Respond) {
	const made = await restBench(respond, { words: ({ text }) => text });
	open.push(() => made.close());
	const rules: SendRules = {
		accepted: (response) => {
			const { id } = made.rest.parse(response, v.object({ id: v.string() }));
			return { kind: "accepted", remoteId: id, at: null };
		},
		malformed: "unknown",
	};
	const send = (other: Partial<SendRules> = {}): Promise<SendOutcome> =>
		postOutcome(made.rest, { method: "POST", path: "/messages", json: {} }, { ...rules, ...other });
	return { ...made, send };
}

const status = (code: number, detail?: string) =>
	appError("http.status", { params: { status: code }, detail });

const rows: readonly [string, Answer, SendOutcome][] = [
	["201 with its id", { status: 201, body: { id: "m1" } }, { kind: "accepted", remoteId: "m1", at: null }],
	[
		"400 with words",
		{ status: 400, body: "too long" },
		{ kind: "rejected", error: status(400, "too long"), retry: "byPerson" },
	],
	["404", { status: 404 }, { kind: "rejected", error: status(404), retry: "byPerson" }],
	[
		"401 again after the renewal",
		{ status: 401 },
		{ kind: "rejected", error: appError("auth.sessionExpired"), retry: "automatic" },
	],
	[
		"429",
		{ status: 429, headers: { "retry-after": "4" } },
		{
			kind: "rejected",
			error: appError("http.overloaded", { params: { status: 429 } }),
			retry: "automatic",
			retryAfterMs: 4000,
		},
	],
	[
		"503",
		{ status: 503, headers: { "retry-after": "9" } },
		{
			kind: "rejected",
			error: appError("http.overloaded", { params: { status: 503 } }),
			retry: "automatic",
			retryAfterMs: 9000,
		},
	],
	["500", { status: 500, body: "oops" }, { kind: "unknown", error: status(500, "oops") }],
	["303", { status: 303, headers: { location: "/x" } }, { kind: "unknown", error: status(303) }],
];

test.each(rows)("%s", async (_name, answer, outcome) => {
	const { send, seen } = await bench(() => answer);
	expect(await send()).toEqual(outcome);
	expect(seen).toHaveLength(answer.status === 401 ? 2 : 1);
});

test("a good answer that cannot be read is what the caller says", async () => {
	const { send, origin } = await bench(() => ({ status: 202, body: "<html>" }));
	const error = appError("http.malformed", { params: { host: new URL(origin).host } });
	expect(await send()).toEqual({ kind: "unknown", error });
	expect(await send({ malformed: "accepted" })).toEqual({ kind: "accepted", remoteId: null, at: null });
	expect(await send({ accepted: () => null })).toMatchObject({ kind: "unknown" });
});

test("a good status with a refusal in it is a refusal", async () => {
	const { send } = await bench(() => ({ body: "no" }));
	const refusal = new RestFailure(status(200, "no"), { executed: "no" });
	const accepted = (): never => {
		throw refusal;
	};
	expect(await send({ accepted, malformed: "accepted" })).toEqual({
		kind: "rejected",
		error: status(200, "no"),
		retry: "byPerson",
	});
});

test("a refusal that means something of its own is the caller's", async () => {
	const { send } = await bench(() => ({ status: 403, body: "opted out" }));
	const own: SendOutcome = { kind: "rejected", error: appError("input.invalid"), retry: "never" };
	expect(await send({ refused: ({ text }) => (text === "opted out" ? own : null) })).toEqual(own);
	expect(await send({ refused: () => null })).toMatchObject({ kind: "rejected", retry: "byPerson" });
});

test("cut off in the middle: nobody knows; nobody there: certainly not done", async () => {
	const { send, down } = await bench(() => ({ cut: true }));
	expect(await send()).toMatchObject({ kind: "unknown", error: { code: "network.interrupted" } });
	await down();
	expect(await send()).toMatchObject({
		kind: "rejected",
		retry: "automatic",
		error: { code: "network.refused" },
	});
});

test("what never left because the server asks for patience is tried later by itself", async () => {
	const { send, seen } = await bench(() => ({ status: 429, headers: { "retry-after": "4" } }));
	await send();
	expect(await send()).toMatchObject({ kind: "rejected", retry: "automatic", retryAfterMs: 4000 });
	expect(seen).toHaveLength(1);
});

test("failures by themselves", () => {
	const kinds = [
		new TransportFailure(appError("network.timeout"), "maybe"),
		new TransportFailure(appError("network.refused"), "no"),
		new RestFailure(appError("network.timeout"), { executed: "no" }),
		new RestFailure(appError("network.foreignRedirect"), { executed: "no" }),
		new RestFailure(appError("cancelled"), { executed: "no" }),
		new RestFailure(appError("http.malformed")),
		new AppFailure(appError("internal")),
		new Error("a fault of ours"),
	].map((thrown) => {
		const outcome = failureOutcome(thrown);
		return outcome.kind === "rejected" ? outcome.retry : outcome.kind;
	});
	expect(kinds).toEqual([
		"unknown",
		"automatic",
		"automatic",
		"byPerson",
		"automatic",
		"unknown",
		"unknown",
		"unknown",
	]);
});

import type { ServerResponse } from "node:http";
import { expect } from "vitest";
import type { ErrorCode } from "../../../shared/errors.ts";
import type { Desk } from "../kit/desk.ts";
import { says, Stranger } from "../kit/stranger.ts";
import type { Suite } from "../kit/suite.ts";

const html = "<!doctype html><title>Welcome</title><h1>It works!</h1>";

/** Signing in, and every way in which it fails: the right words, and no trace. */
export function signIn({ spec, sample }: Suite): void {
	const { notThis } = sample.facts;

	spec("sign-in: online, with a line, under a name; the secret is in no log", async ({ world, desk }) => {
		await desk.online();
		const account = await desk.account();
		expect(account.userName).not.toBe("");
		expect(account.can).toEqual(world.provider.capabilities.abilities);
		expect(account.connection.mode).toBe(world.provider.capabilities.mode);
		await desk.rest();
		const logged = JSON.stringify(desk.outside.logger.lines);
		expect(logged).not.toContain(JSON.stringify(world.signIn.secret));
		expect(await desk.signIn()).toMatchObject({ ok: false, error: { code: "account.exists" } });
	});

	for (const wrong of sample.wrong)
		spec(`sign-in: a wrong ${wrong} is refused, tried once, and the right one goes in`, async (run) => {
			const { world, desk } = run;
			const found = world.wrong.find(({ name }) => name === wrong);
			if (found === undefined) throw new Error("the list of wrong ways changes");
			await isRefused(desk, await desk.signIn(found.signIn), [found.code]);
			const asked = world.traffic.sent.length;
			await desk.rest();
			expect(world.traffic.sent).toHaveLength(asked);
			await desk.online();
		});

	spec("sign-in: nobody listens", async ({ world, desk }) => {
		await world.cut();
		await isRefused(desk, await desk.signIn(), ["network.refused"]);
		await world.restore();
		await desk.online();
	});

	spec("sign-in: connections are reset", async ({ world, desk }) => {
		await world.server.network.cut("reset");
		await isRefused(desk, await desk.signIn(), ["network.interrupted"]);
		await world.restore();
		await desk.online();
	});

	const strangers: readonly (readonly [
		string,
		(response: ServerResponse) => void,
		readonly ErrorCode[],
	])[] = [
		["another API that knows no such address", says(404, "application/json", "{}"), notThis],
		["another API that says yes to everything", says(200, "application/json", '{"ok":true}'), notThis],
		["a web page", says(200, "text/html", html), notThis],
		["a web page that is not there", says(404, "text/html", html), notThis],
		["an empty answer", says(200, "text/plain", ""), notThis],
		["a list where an object is due", says(200, "application/json", "[1,2,3]"), notThis],
		["a text that is no JSON", says(200, "application/json", "{oh"), notThis],
		["a failing server", says(500, "text/plain", "no"), ["http.status", ...notThis]],
		["a server that asks for patience", says(503, "text/plain", ""), ["http.overloaded", "http.status"]],
	];
	for (const [name, say, codes] of strangers)
		spec(`sign-in: ${name}`, async ({ world, desk }) => {
			const stranger = await Stranger.start(say);
			try {
				const typed = await desk.signIn({ ...world.signIn, server: stranger.origin });
				await isRefused(desk, typed, codes);
				expect(stranger.asked.length).toBeLessThan(12);
			} finally {
				await stranger.close();
			}
		});

	spec("sign-in: nothing follows to a foreign host", async ({ world, desk }) => {
		const foreign = await Stranger.start(says(200, "application/json", "{}"));
		const host = foreign.origin.replace("127.0.0.1", "localhost");
		const here = await Stranger.start((response) => {
			response.writeHead(302, { Location: `${host}/elsewhere` }).end();
		});
		try {
			const typed = await desk.signIn({ ...world.signIn, server: here.origin });
			await isRefused(desk, typed, ["network.foreignRedirect", "auth.browserNeeded", ...notThis]);
			expect(foreign.asked).toEqual([]);
		} finally {
			await here.close();
			await foreign.close();
		}
	});
}

/** Refused with words, and nothing is left behind. */
async function isRefused(
	desk: Desk,
	typed: Awaited<ReturnType<Desk["signIn"]>>,
	codes: readonly ErrorCode[],
): Promise<void> {
	expect(typed.ok).toBe(false);
	expect(codes).toContain(typed.ok ? null : typed.error.code);
	const { accounts, conversations } = await desk.snapshot();
	expect([accounts, conversations]).toEqual([[], []]);
	expect(desk.outside.kept.secrets.items.size).toBe(0);
}

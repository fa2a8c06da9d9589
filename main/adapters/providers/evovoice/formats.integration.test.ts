import { afterEach, expect, test } from "vitest";
import { wheelPicture } from "../../../../practice/evovoice/picture.ts";
import { createHttpClient } from "../../net/http-client.ts";
import { createTrustStore } from "../../net/trust-store.ts";
import { restBench } from "../rest/testing/server.spec.ts";
import { EvoRest } from "./evo-rest.ts";
import { EvoFloor } from "./testing/evo-world.spec.ts";

const floor = new EvoFloor();
afterEach(() => floor.close());

const jane = "+15556667777";
const odd = "a & b <c> \"d\" 'e' ]]> 😀 \u0007 ünï\r\ncode";

test("JSON is asked for by header, and never JSONP", async () => {
	const { simulator, agent, main } = await floor.desk();
	await agent.send(agent.peer(main, jane), odd);
	for (const { query } of simulator.journal.requests()) expect(query).not.toMatch(/callback|format=/);
	expect(simulator.ledger.texts()).toEqual([odd]);
});

for (const insistsOnXml of ["notAcceptable", "always"] as const)
	for (const xmlNulls of ["nil", "omitted"] as const)
		test(`a server that speaks XML only (${insistsOnXml}, nulls ${xmlNulls}): everything works as in JSON`, async () => {
			const { simulator, agent, main } = await floor.desk(
				{ insistsOnXml, xmlNulls },
				(before, line) => {
					before.outside.person(jane).write(line, odd);
					const [user] = before.users;
					if (user !== undefined) user.roles = ["User", "Manager"];
					before.company.addContact({ displayName: "Jane & Roe", address: jane });
				},
			);
			expect((await agent.session.lines(agent.signal)).map(({ address }) => address)).toEqual([
				"+15550100",
				"+15550101",
			]);
			expect(agent.of("thread").at(-1)?.name).toBe("Jane & Roe");
			expect(agent.of("agentState")).toHaveLength(1);
			const peer = agent.peer(main, jane);
			const outcome = await agent.send(peer, odd);
			expect(outcome).toMatchObject({ kind: "accepted", remoteId: simulator.ledger.entries[0]?.id });
			// As .NET's reader has it: a raw line end would have become a line feed.
			expect(simulator.ledger.texts()).toEqual([odd]);
			expect((await agent.past(peer)).map(({ text }) => text)).toEqual([odd, odd]);
			const chat = simulator.outside.person("visitor-7", "Vi").startChat(main, ["agent@example.com"]);
			chat.write("look", wheelPicture());
			await agent.look();
			expect(agent.of("message").at(-1)).toMatchObject({
				text: "look",
				files: [{ type: "image/png" }],
			});
			expect(await agent.send(agent.peer("nowhere", jane), "x")).toMatchObject({
				kind: "rejected",
				error: { detail: "Endpoint nowhere was not found" },
			});
			simulator.httpSessions.expireAll();
			await agent.look();
			expect(agent.of("signedOut")).toEqual([]);
			await expect(floor.agent(simulator, agent.clock, { secret: "wrong" })).rejects.toMatchObject({
				error: { code: "auth.wrongPassword", detail: "Invalid Username or Password" },
			});
		});

/** Which dialect is learnt from a server that answers only where `takes` says so. */
async function learnt(takes: (url: string, accept: string) => string | null) {
	const bench = await restBench(({ url, headers }) => {
		const body = takes(url, headers.accept ?? "");
		return body === null
			? { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html><html></html>" }
			: { body };
	});
	try {
		const clock = bench.clock;
		const http = createHttpClient({ origin: bench.origin, clock, trust: createTrustStore(() => []) });
		const rest = new EvoRest({
			server: bench.origin,
			context: { http, clock, random: { next: () => 0.5, uuid: () => "" } },
			authorizer: bench.authorizer,
		});
		await rest.learnDialect();
		await http.close();
		return { dialect: rest.dialect, asked: bench.seen.map(({ url }) => url) };
	} finally {
		await bench.close();
	}
}

test("the way to ask is learnt once: header, then format, then suffix, JSON before XML", async () => {
	const json = '{"isAuthenticated":false}';
	const xml = "<UserInfo><IsAuthenticated>false</IsAuthenticated></UserInfo>";
	expect(await learnt(() => json)).toEqual({
		dialect: { format: "json", by: "accept" },
		asked: ["/auth/status"],
	});
	const byFormat = await learnt((url) => (url.includes("format=json") ? json : null));
	expect(byFormat).toEqual({
		dialect: { format: "json", by: "format" },
		asked: ["/auth/status", "/auth/status?format=json"],
	});
	const bySuffix = await learnt((url) => (url.endsWith(".json") ? json : null));
	expect(bySuffix.dialect).toEqual({ format: "json", by: "suffix" });
	expect((await learnt((_url, accept) => (accept === "application/xml" ? xml : null))).dialect).toEqual({
		format: "xml",
		by: "accept",
	});
	expect((await learnt((url) => (url.includes("format=xml") ? xml : null))).dialect).toEqual({
		format: "xml",
		by: "format",
	});
	expect((await learnt((url) => (url.endsWith(".xml") ? xml : null))).dialect).toEqual({
		format: "xml",
		by: "suffix",
	});
	expect((await learnt(() => xml)).dialect).toEqual({ format: "xml", by: "accept" });
	expect((await learnt(() => null)).dialect).toEqual({ format: "json", by: "accept" });
});

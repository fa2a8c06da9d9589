import { afterEach, expect, test } from "vitest";
import { defaultSwitches, type EvovoiceSwitches } from "../../../../practice/evovoice/switches.ts";
import { EvoFloor } from "./testing/evo-world.spec.ts";

const floor = new EvoFloor();
afterEach(() => floor.close());

const jane = "+15556667777";

/** Every switch of the simulator, each way that an account still works with. */
const turned: { readonly [Name in keyof EvovoiceSwitches]: readonly EvovoiceSwitches[Name][] } = {
	secureCookies: [false],
	anonymousCookies: [false],
	wrongPasswordMessage: ["Nein"],
	validationCode: ["NotEmpty"],
	firstProvider: ["credentials"],
	signIn: ["credentials"],
	bearerTokenInReply: [true],
	statusSignedOut: ["null", "noContent", "empty"],
	signedOut: ["redirect", "loginPage"],
	sessionLifetimeMs: [{ temporary: 1000, permanent: 5000 }],
	slidingSessions: [true],
	refuseCurl: [true],
	rateLimit: [{ requests: 100, windowMs: 10_000, retryAfterSeconds: 1 }],
	insistsOnXml: ["notAcceptable", "always"],
	xmlNulls: ["omitted"],
	responseTypeErrors: ["emptyObject", "responseStatus"],
	errorsAs200: [true],
	debugMode: [true],
	extraMembers: [true],
	dateFormat: [
		"isoSeconds",
		"isoOffset",
		"isoLocal",
		"isoSevenDigits",
		"milliseconds",
		"millisecondsOffset",
		"garbage",
	],
	afterDateFormat: ["dateOnly"],
	afterDateInclusive: [true],
	messageOrder: ["ascending", "unsorted"],
	mostCountPerPage: [1],
	simplifiedTotals: ["absent"],
	conversationIds: ["changing", "useless"],
	rowCopies: [3],
	listLagMs: [500],
	sessionMessagesListed: [false],
	senderForm: ["name"],
	unread: ["always", "never"],
	unknownEnums: [true],
	plainUserMayList: [true],
	userSees: ["ownEndpoints"],
	sendNeedsUserEndpoint: [true],
	badRecipient: [409, "accepted"],
	optedOut: [409, "accepted"],
	endedSession: [404, "accepted"],
	missingEndpoint: [400, "accepted"],
	emptyText: [400, "accepted"],
	longestText: [160],
	activeSessionsShape: ["sessions"],
	numberMember: ["address", "absent"],
	mediaHost: ["other"],
	earlyCutOff: ["refused"],
	archiveAfterDays: [1],
};

test("no switch is left out", () => {
	expect(Object.keys(turned).sort()).toEqual(Object.keys(defaultSwitches()).sort());
});

for (const [name, values] of Object.entries(turned))
	for (const value of values)
		test(`with ${name} ${JSON.stringify(value)} everything comes in once, goes out once and is found again`, async () => {
			const { simulator, agent, clock, main } = await floor.desk(
				{ [name]: value },
				(before, line) => before.outside.person(jane).write(line, "before"),
				{
					simulator: {
						users: [
							{
								emailAddress: "agent@example.com",
								password: "secret",
								ownEndpoints: ["Main line"],
							},
						],
					},
				},
			);
			const peer = agent.peer(main, jane);
			simulator.outside.person(jane).write(main, "one");
			simulator.outside.person("+15556660000").write(main, "two");
			expect(await agent.send(peer, "mine")).toMatchObject({ kind: "accepted" });
			clock.advance(6000);
			await agent.look();
			await agent.look();
			// What was read before is for the history alone.
			const news = agent.texts().filter((text) => text !== "before");
			expect(news.sort()).toEqual(["one", "two"]);
			expect(agent.texts()).toHaveLength(new Set(agent.texts()).size);
			expect(agent.of("ownMessage").length).toBe(0);
			expect(agent.of("signedOut")).toEqual([]);
			expect(simulator.ledger.texts()).toEqual(["mine"]);
			const past = await agent.past(peer);
			expect(past.map(({ text }) => text).sort()).toEqual(["before", "mine", "one"]);
		});

test("an agent without an endpoint of his own is told why nothing can be sent", async () => {
	const { agent, main } = await floor.desk({ sendNeedsUserEndpoint: true }, undefined, {
		simulator: { users: [{ emailAddress: "agent@example.com", password: "secret", endpoint: false }] },
	});
	expect(await agent.send(agent.peer(main, jane), "hello")).toMatchObject({
		kind: "rejected",
		error: { code: "message.refused", detail: "You do not have a phone user endpoint" },
	});
});

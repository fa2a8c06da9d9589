import { afterEach, expect, test } from "vitest";
import { imSessionOf, keyOf, TestBench } from "../testing/desk.ts";

const bench = new TestBench();
afterEach(() => bench.close());

test("two agents: initiate, both Talking, texts to both, Completed for both, gone from the list", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator, "ann.lee");
	const will = await bench.desk(simulator, "will.clark");

	const answer = await ann.initiate("5002", { userData: { favColor: "blue" } });
	expect(answer.status).toBe(200);
	expect(answer.body).toEqual({ statusCode: 0 });
	const mine = await ann.reached("Talking");
	const theirs = await will.reached("Talking");
	const key = keyOf(mine);
	expect(mine).toEqual({
		state: "Talking",
		userData: { favColor: "blue" },
		id: key,
		uri: `${simulator.origin}/api/v2/im-sessions/${key}`,
		path: `/im-sessions/${key}`,
		participants: [{ digits: "5002", e164Number: "5002", formattedPhoneNumber: "5002", phoneNumber: "5002" }],
		capabilities: ["Complete", "AttachUserData", "DeleteUserData", "UpdateUserData", "SendMessage"],
	});
	expect(key).toMatch(/^[0-9A-Z]{32}$/);
	expect(keyOf(theirs)).toBe(key);
	expect(theirs["participants"]).toMatchObject([{ phoneNumber: "5001" }]);

	expect((await ann.say(key, "5002", "Hello 👋 שלום")).body).toEqual({ statusCode: 0 });
	const echo = await ann.heard("Hello 👋 שלום");
	const arrived = await will.heard("Hello 👋 שלום");
	expect(echo.channel).toBe("/v2/me/im-sessions");
	expect(echo.data).toEqual({
		messageType: "IMLogUpdateMessage",
		notificationType: "NewMessage",
		imSessionPath: `/im-sessions/${key}`,
		message: "Hello 👋 שלום",
		metrics: { eventProcessing: expect.objectContaining({ serverProcessingTimeTotalMs: -1 }) as unknown },
	});
	expect(arrived.data["messageType"]).toBe("IMLogUpdateMessage");
	expect(simulator.ledger.entries).toMatchObject([{ sessionKey: key, sender: "5001", recipient: "5002" }]);

	const list = await ann.rest.get("/me/im-sessions?fields=*");
	expect(Object.keys(list.body)).toEqual(["imSessions", "statusCode"]);
	expect(list.body["imSessions"]).toMatchObject([{ id: key, state: "Talking" }]);
	expect((await ann.rest.get("/me/im-sessions")).body).toEqual({ statusCode: 0, uris: [mine["uri"]] });
	expect((await ann.rest.get(`/me/im-sessions/${key}`)).body).toMatchObject({ imSession: { id: key } });

	await will.operate(key, { operationName: "Complete" });
	await ann.reached("Completed");
	await will.reached("Completed");
	expect((await ann.rest.get("/me/im-sessions?fields=*")).body).toEqual({ imSessions: [], statusCode: 0 });
	const states = ann.push.events.map((event) => imSessionOf(event)["state"]).filter((state) => state !== undefined);
	expect(states).toEqual(["Initiating", "Talking", "Completed"]);
});

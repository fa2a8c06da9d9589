import { afterEach, expect, test } from "vitest";
import { field, lines, PortalBench, type PortalClient, sessionId } from "../testing/netsapiens-client.ts";

const bench = new PortalBench();
afterEach(() => bench.close());

const group = { type: "chat", message: "Hi all", destination: ["1123", "1004"] };
const id = sessionId("a");
const path = `/messagesessions/${id}`;
const sms = { type: "sms", message: "x", "from-number": lines.picture, destination: lines.customer };

async function lastRow(client: PortalClient): Promise<Record<string, unknown> | undefined> {
	return (await client.sessions()).rows[0];
}

test("participants: the final list of uids with self; lines tell of it, the removed see no more", async () => {
	const { simulator, ann } = await bench.desk();
	const nora = await bench.client(simulator, "1004@portal");
	await ann.send(id, group);
	const answer = await ann.put(path, { participants: "2500@portal,1123@portal,0010@portal" });
	expect([answer.status, answer.json]).toEqual([202, { code: 202, message: "Accepted" }]);
	expect((await lastRow(ann))?.["messagesession-participants"]).toBe("2500@portal,1123@portal,0010@portal");
	expect((await ann.messages(id)).rows).toMatchObject([
		{ type: "chat-participant-remove", text: "1004@portal", "from-user-id": "2500@portal" },
		{ type: "chat-participant-add", text: "0010@portal" },
		{ type: "chat" },
	]);
	expect((await nora.sessions()).rows).toEqual([]);
	const omar = await bench.client(simulator, "0010@portal");
	expect((await lastRow(omar))?.["messagesession-last-status"]).toBe("unread");
});

test.each([
	["uids", { participants: "2500,1123" }],
	["include the user itself", { participants: "1123@portal,1004@portal" }],
	["text of uids", { participants: ["2500@portal"] }],
	["session-name is a text", { "session-name": 5 }],
	["nothing to update", {}],
])("participants and name, 400: %s", async (words, body) => {
	const { ann } = await bench.desk();
	await ann.send(id, group);
	const answer = await ann.put(path, body);
	expect(answer.status).toBe(400);
	expect(answer.body["message"]).toContain(words);
});

test("participants: 404 for somebody who is not there", async () => {
	const { ann } = await bench.desk();
	await ann.send(id, group);
	const answer = await ann.put(path, { participants: "2500@portal,5555@portal" });
	expect(answer.json).toEqual({ code: 404, message: "User 5555 does not exist in domain portal" });
});

test("a third person makes a group of a chat", async () => {
	const { ann } = await bench.desk();
	await ann.send(id, { type: "chat", message: "x", destination: "1123" });
	expect((await lastRow(ann))?.["messagesession-type"]).toBe("");
	await ann.put(path, { participants: "2500@portal,1123@portal,1004@portal" });
	expect((await lastRow(ann))?.["messagesession-type"]).toBe("group-chat");
});

test("name: 202, then a chat-name-change line", async () => {
	const { ann } = await bench.desk();
	await ann.send(id, group);
	expect((await ann.put(path, { "session-name": "Team <b>A</b>" })).status).toBe(202);
	expect(await lastRow(ann)).toMatchObject({ "messagesession-name": "Team <b>A</b>" });
	expect((await ann.messages(id)).rows[0]).toMatchObject({
		type: "chat-name-change",
		text: "Team <b>A</b>",
	});
});

test("leave: the row goes, the others read of it and go on", async () => {
	const { simulator, ann } = await bench.desk();
	const will = await bench.client(simulator, "1123@portal");
	await ann.send(id, group);
	expect((await ann.put(`${path}/leave`)).status).toBe(202);
	expect((await ann.sessions()).rows).toEqual([]);
	expect((await ann.put(`${path}/leave`)).status).toBe(404);
	expect((await will.messages(id)).rows[0]).toMatchObject({
		type: "chat-participant-leave",
		text: "2500@portal",
	});
	expect((await lastRow(will))?.["messagesession-participants"]).toBe("1123@portal,1004@portal");
	simulator.customers.user("1123@portal").chatIn(id, "without Ann");
	expect((await ann.sessions()).rows).toEqual([]);
});

test("an SMS session has no name, no other participants, and cannot be left (sheet, 3.5)", async () => {
	const { ann } = await bench.desk();
	await ann.send(id, { ...sms, destination: [lines.customer, "12285559476"] });
	expect((await ann.put(path, { "session-name": "x" })).status).toBe(400);
	expect((await ann.put(path, { participants: "2500@portal,1123@portal" })).status).toBe(400);
	expect((await ann.put(`${path}/leave`)).status).toBe(400);
});

test("a session that is not there, or is somebody else's: 404", async () => {
	const { simulator, ann } = await bench.desk();
	const missing = { code: 404, message: "Record not found" };
	expect((await ann.own(path)).json).toEqual(missing);
	expect((await ann.messages(id)).json).toEqual(missing);
	expect((await ann.put(path, { "session-name": "x" })).json).toEqual(missing);
	expect((await ann.delete(path)).json).toEqual(missing);
	await ann.send(id, { type: "chat", message: "x", destination: "1123" });
	const nora = await bench.client(simulator, "1004@portal");
	expect((await nora.messages(id)).json).toEqual(missing);
});

test("numbers: the user's own and those of its queues, not those of others", async () => {
	const { simulator, ann } = await bench.desk();
	simulator.company.addNumber({
		number: "18585550009",
		domain: "portal",
		application: "callqueue",
		dest: "9001",
	});
	simulator.company.addNumber({ number: "18585550010", domain: "portal" });
	simulator.company.setQueue("portal", "9001", ["2500"]);
	const { rows } = await ann.own("/smsnumbers");
	expect(rows[0]).toEqual({
		number: "18585550626",
		application: "user",
		domain: "portal",
		carrier: "bandwidth",
		dest: "2500",
		"mms-capable": true,
		"group-mms-capable": true,
	});
	expect(rows.map((row) => row["number"])).toEqual(["18585550626", "18585550001", "18585550009"]);
	expect((await ann.own("/smsnumbers/count")).json).toEqual({ total: 3 });
	expect((await ann.call("GET", "/domains/portal/smsnumbers")).status).toBe(403);
	const nora = await bench.client(simulator, "1004@portal");
	expect((await nora.call("GET", "/domains/portal/smsnumbers")).rows).toHaveLength(4);
	expect((await nora.own("/smsnumbers")).json).toEqual([]);
});

test("devices come with their passwords, which nobody should keep", async () => {
	const { simulator, ann } = await bench.desk();
	const [desk] = simulator.company.devices;
	if (desk === undefined) throw new Error("no device");
	desk.registered = false;
	const { rows } = await ann.own("/devices");
	expect(rows).toMatchObject([
		{
			device: "2500",
			"device-sip-registration-uri": "sip:2500@portal",
			"device-sip-registration-state": "unregistered",
			"device-sip-registration-datetime": null,
			"device-sip-registration-password": desk.sipPassword,
			"device-provisioning-password": desk.provisioningPassword,
			"device-models-model": "Yealink T48",
		},
		{
			device: "2500wp",
			"device-sip-registration-state": "registered",
			"device-sip-registration-user-agent": "SnapMobile Web 44.0.2",
			"device-sip-registration-datetime": "2023-11-14 22:13:00",
			"device-sip-registration-expires-datetime": "2023-11-14 22:14:00",
		},
	]);
	expect((await ann.own("/devices/2500wp")).json).toEqual(rows[1]);
	expect((await ann.own("/devices/count")).json).toEqual({ total: 2 });
	expect((await ann.own("/devices/nope")).status).toBe(404);
});

test("contacts: own, on-net, shared; made, changed and removed", async () => {
	const { simulator, ann } = await bench.desk({
		contacts: [{ domain: "portal", owner: null, company: "Lab" }],
	});
	const made = await ann.call("POST", `${ann.base}/contacts`, {
		"name-first-name": "Grace",
		"phonenumber-cell": "(714) 555-0353",
	});
	expect(made.status).toBe(200);
	const contact = field(made.body, "unique-id");
	expect((await ann.own("/contacts")).json).toEqual([
		{
			"unique-id": contact,
			"name-first-name": "Grace",
			"name-middle-name": "",
			"name-last-name": "",
			email: "",
			company: "",
			"phonenumber-work": "",
			"phonenumber-cell": "(714) 555-0353",
			"phonenumber-home": "",
			"phonenumber-fax": "",
			tags: "",
			"created-datetime": "2023-11-14 22:13:20",
		},
	]);
	const withDomain = (await ann.own("/contacts?includeDomain=yes")).rows;
	expect(withDomain).toHaveLength(4);
	expect(withDomain[1]).toMatchObject({ uid: "1123@portal", "name-last-name": "Clark" });
	expect(withDomain[1]).not.toHaveProperty("unique-id");
	expect((await ann.own("/contacts/count")).json).toEqual({ total: 1 });
	expect((await ann.call("GET", "/domains/portal/contacts")).rows).toMatchObject([{ company: "Lab" }]);
	expect((await ann.put(`/contacts/${contact}`, { "name-last-name": "Hopper" })).status).toBe(202);
	expect((await ann.put(`/contacts/${contact}`, { email: 5 })).status).toBe(400);
	expect(simulator.company.contacts.at(-1)).toMatchObject({ firstName: "Grace", lastName: "Hopper" });
	expect((await ann.delete(`/contacts/${contact}`)).status).toBe(202);
	expect((await ann.own("/contacts")).json).toEqual([]);
	expect((await ann.delete(`/contacts/${contact}`)).status).toBe(404);
});

test("directory and presence", async () => {
	const { simulator, ann } = await bench.desk();
	simulator.company.user("1123@portal").presence = "inuse";
	simulator.company.user("1123@portal").statusMessage = "On a call";
	expect((await ann.call("GET", "/domains/portal/users/list?fields=user,name-last-name")).rows[1]).toEqual({
		user: "1123",
		"name-last-name": "Clark",
	});
	expect((await ann.call("GET", "/domains/portal/users/list")).rows[0]).toMatchObject({
		department: "Service",
		"directory-name-number-dtmf-mapping": "",
	});
	expect((await ann.call("GET", "/domains/portal/users?start=1&limit=1")).rows).toMatchObject([
		{ user: "1123", "login-username": "1123@portal" },
	]);
	expect((await ann.call("GET", "/domains/portal/presence/list")).rows[1]).toMatchObject({
		uid: "1123@portal",
		"user-presence-status": "inuse",
		"status-message": "On a call",
	});
	const service = await ann.call("GET", "/domains/portal/departments/Service/presence/list");
	expect(service.rows.map((row) => row["user"])).toEqual(["2500", "1123"]);
});

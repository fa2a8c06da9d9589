import { afterEach, expect, test } from "vitest";
import { TestBench } from "../testing/desk.ts";
import { basic, RestClient } from "../testing/rest-client.ts";
import { startGenesysSimulator } from "./simulator.ts";

const bench = new TestBench();
afterEach(() => bench.close());

const denied = { statusCode: 20, statusMessage: "Access denied" };

test("listens on 127.0.0.1 and refuses any other address", async () => {
	await expect(startGenesysSimulator({ host: "0.0.0.0" })).rejects.toThrow("127.0.0.1");
	await expect(startGenesysSimulator({ host: "localhost" })).rejects.toThrow("127.0.0.1");
	const simulator = await bench.start();
	expect(new URL(simulator.origin).hostname).toBe("127.0.0.1");
});

test("version is told without credentials", async () => {
	const simulator = await bench.start();
	const answer = await new RestClient(simulator.origin).get("/diagnostics/version");
	expect(answer.body).toEqual({ statusCode: 0, version: "8.5.202.96" });
	expect(answer.headers.get("content-type")).toBe("application/json;charset=UTF-8");
});

test("without a session: 403 and statusCode 20 on every resource", async () => {
	const simulator = await bench.start();
	const rest = new RestClient(simulator.origin);
	for (const path of ["/me?subresources=features", "/me/", "/contacts", "/features", "/me/im-sessions"]) {
		const answer = await rest.get(path);
		expect(answer.status).toBe(403);
		expect(answer.body).toEqual(denied);
	}
});

test("Basic on GET /me sets JSESSIONID, which suffices from then on; other credentials are refused", async () => {
	const simulator = await bench.start();
	const rest = new RestClient(simulator.origin);
	expect((await rest.signIn("ann.lee", "wrong")).body).toEqual(denied);
	expect((await rest.signIn("nobody", "secret")).body).toEqual(denied);
	expect(rest.cookies.has("JSESSIONID")).toBe(false);
	expect((await rest.signIn("ann.lee", "secret")).status).toBe(200);
	expect((await rest.get("/me")).body).toMatchObject({ statusCode: 0, user: { userName: "ann.lee" } });
	expect(simulator.httpSessions.count("ann.lee")).toBe(1);
	rest.headers["authorization"] = basic("ann.lee", "secret");
	await rest.get("/me");
	expect(simulator.httpSessions.count("ann.lee")).toBe(1);
	rest.cookies.set("JSESSIONID", "made-up");
	delete rest.headers["authorization"];
	expect((await rest.get("/me")).body).toEqual(denied);
});

test("GET /me embeds what is asked for and leaves out what has nothing to report", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	const answer = await rest.get("/me?subresources=features,devices,channels,calls");
	const user = answer.body["user"] as Record<string, unknown>;
	expect(user).toMatchObject({
		firstName: "Ann",
		roles: ["ROLE_AGENT"],
		changePasswordOnFirstLogin: false,
		devices: [
			{
				deviceState: "Active",
				userState: {
					state: "LoggedOut",
					displayName: "Offline",
					id: "0F7F5003-EF26-4D13-A6Ef-D0C7EC819BEB",
				},
				phoneNumber: "5001",
				channels: ["voice"],
			},
		],
		features: [
			{ id: "api-voice" },
			{ id: "api-voice-instant-messaging", path: "/features/api-voice-instant-messaging" },
		],
	});
	expect(user["id"]).toMatch(/^[0-9a-f]{32}$/);
	expect(user).not.toHaveProperty("channels");
	expect(user).not.toHaveProperty("calls");
	expect((user["devices"] as object[])[0]).not.toHaveProperty("path");
	expect((await rest.get("/me")).body["user"]).not.toHaveProperty("devices");
	const all = (await rest.get("/me/?subresources=*")).body["user"];
	expect(all).toHaveProperty(["settings", "tasks", "InteractionWorkspace.IM.canUse"], "grant");
	await rest.post("/me", { operationName: "StartContactCenterSession", channels: ["voice"] });
	expect((await rest.get("/me?subresources=calls")).body["user"]).toHaveProperty("calls", []);
});

test("features, services and settings", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	expect((await rest.get("/features")).body["uris"]).toEqual([
		`${simulator.origin}/api/v2/features/api-voice`,
		`${simulator.origin}/api/v2/features/api-voice-instant-messaging`,
	]);
	expect((await rest.get("/features/api-voice")).body).toMatchObject({ feature: { id: "api-voice" } });
	expect((await rest.get("/features/api-fax")).body).toMatchObject({ statusCode: 6 });
	expect((await rest.get("/services?fields=type,state")).body["services"]).toContainEqual({
		type: "Voice",
		state: "Active",
	});
	const states = (await rest.get("/settings/agent-states")).body["settings"];
	expect(states).toContainEqual({
		id: "D3663509-3D82-4DD3-A82E-2EA8EFA02AEF",
		operationName: "AfterCallWork",
		displayName: "AfterCallWork",
		state: "NotReady",
		workMode: "AfterCallWork",
	});
	expect((await rest.get("/settings/general-settings")).body).toMatchObject({
		settings: { countryCode: "US" },
	});
});

test("devices: uris, objects, selected fields, one device, the DN's annex", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	const [device] = simulator.agents.devicesOf(simulator.agents.get("ann.lee"));
	const id = device?.id ?? "";
	expect((await rest.get("/me/devices")).body).toEqual({
		statusCode: 0,
		uris: [`${simulator.origin}/api/v2/devices/${id}`],
	});
	expect((await rest.get("/me/devices?fields=id,phoneNumber")).body["devices"]).toEqual([
		{ id, phoneNumber: "5001" },
	]);
	expect((await rest.get(`/me/devices/${id}`)).body).toMatchObject({
		device: { id, telephonyNetwork: "Private" },
	});
	expect((await rest.get("/me/devices/none")).body).toMatchObject({ statusCode: 6 });
	for (const path of [`/me/devices/${id}/settings/tserver`, `/devices/${id}/settings/tserver`]) {
		const { settings, key } = (await rest.get(path)).body;
		expect(settings).toContainEqual({ name: "multimedia", value: "true" });
		expect(settings).toContainEqual({ name: "sip-signalling-chat", value: "none" });
		expect(key).toBe("name");
	}
});

test("do not disturb and forwarding change the device and are pushed", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	const path = `/me${ann.devicePath}`;
	await ann.rest.post(path, { operationName: "DoNotDisturbOn" });
	await ann.push.event(({ data }) => JSON.stringify(data).includes('"doNotDisturb":"On"'));
	expect((await ann.rest.post(path, { operationName: "ForwardCallsOn" })).body).toMatchObject({
		statusCode: 1,
	});
	await ann.rest.post(path, { operationName: "ForwardCallsOn", forwardTo: "6002" });
	expect((await ann.rest.get(path)).body).toMatchObject({
		device: { forwardTo: "6002", capabilities: ["DoNotDisturbOff", "ForwardCallsOff"] },
	});
	await ann.rest.post(path, { operationName: "ForwardCallsOff" });
	await ann.rest.post(path, { operationName: "DoNotDisturbOff" });
	expect((await ann.rest.post(path, { operationName: "Explode" })).body).toMatchObject({ statusCode: 3 });
});

test("agent state: built-in states and this site's reasons, pushed as DeviceStateChangeMessage", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	expect((await ann.rest.post("/me/channels/voice", { operationName: "Ready" })).body).toEqual({
		statusCode: 0,
	});
	const event = await ann.push.event(({ data }) => JSON.stringify(data).includes('"state":"Ready"'));
	expect(event.channel).toBe("/v2/me/devices");
	expect(event.data).toMatchObject({
		messageType: "DeviceStateChangeMessage",
		devices: [{ phoneNumber: "5001" }],
	});
	expect(event.data).toHaveProperty("metrics.eventProcessing.serverGenerationTimestamp");
	expect(event.data).not.toHaveProperty("notificationType");
	await ann.rest.post("/me", { operationName: "AuxWork" });
	expect(ann.device.state).toBe("AuxWork");
	await ann.rest.post("/me/channels/voice", { operationName: "Lunch" });
	expect((await ann.rest.get("/me/devices?fields=*")).body).toMatchObject({
		devices: [{ userState: { state: "NotReady", displayName: "Lunch", reason: "Lunch" } }],
	});
	expect((await ann.rest.post("/me/channels/voice", { operationName: "Nap" })).body).toMatchObject({
		statusCode: 3,
	});
	expect((await ann.rest.post("/me/channels/voice", {})).body).toMatchObject({ statusCode: 1 });
	expect((await ann.rest.post("/me/channels/fax", { operationName: "Ready" })).body).toMatchObject({
		statusCode: 6,
	});
	await ann.rest.post("/me/channels/voice", { operationName: "Offline" });
	expect((await ann.rest.post("/me/channels/voice", { operationName: "Ready" })).body).toMatchObject({
		statusCode: 2,
	});
});

test("an unregistered DN: HTTP 500, statusCode 4, and an ErrorMessage on the devices topic", async () => {
	const simulator = await bench.start();
	const ann = await bench.desk(simulator);
	ann.device.registered = false;
	const answer = await ann.rest.post("/me/channels/voice", { operationName: "Ready" });
	expect(answer.status).toBe(500);
	expect(answer.body).toEqual({ statusCode: 4, statusMessage: "Device '5001' is not registered." });
	const event = await ann.push.event(({ data }) => data["messageType"] === "ErrorMessage");
	expect(event.channel).toBe("/v2/me/devices");
	expect(event.data).toMatchObject({
		devicePath: ann.devicePath,
		deviceUri: `${simulator.origin}/api/v2${ann.devicePath}`,
	});
	expect((await ann.initiate("6001")).body).toMatchObject({ statusCode: 4 });
});

test("StartContactCenterSession: the body of a partial success is the observed one", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	const start = (more: object): ReturnType<RestClient["post"]> =>
		rest.post("/me", { operationName: "StartContactCenterSession", ...more });
	expect((await start({})).body).toMatchObject({ statusCode: 1 });
	expect((await start({ channels: [] })).body).toMatchObject({ statusCode: 1 });
	const partial = await start({ channels: ["voice", "chat"] });
	expect(partial.status).toBe(200);
	expect(partial.body).toEqual({
		statusCode: 7,
		failed: [
			{
				statusCode: 4,
				statusMessage: "Interaction server connection is not opened",
				channel: "multimedia",
			},
		],
		succeeded: [{ statusCode: 0, channel: "voice" }],
	});
	expect((await start({ channels: ["chat"] })).body).toEqual({
		statusCode: 4,
		statusMessage: "Interaction server connection is not opened",
	});
});

test("StartContactCenterSession: login code, place, device, queue", async () => {
	const simulator = await bench.start({
		places: [
			{ name: "Empty_1", devices: [{ phoneNumber: "5501" }, { phoneNumber: "5502" }] },
			{
				name: "Mixed_1",
				devices: [{ phoneNumber: "5601", type: "Extension" }, { phoneNumber: "5602" }],
			},
			{ name: "None_1", devices: [] },
		],
	});
	const rest = await bench.client(simulator);
	const start = async (more: object): Promise<unknown> =>
		(await rest.post("/me", { operationName: "StartContactCenterSession", channels: ["voice"], ...more }))
			.body["statusCode"];
	expect(await start({ loginCode: "0000" })).toBe(6);
	expect(await start({ place: "Nowhere" })).toBe(6);
	expect(await start({ place: "None_1" })).toBe(2);
	expect(await start({ place: "Empty_1" })).toBe(2);
	expect(await start({ place: "Empty_1", devicePath: "/devices/unknown" })).toBe(6);
	expect(await start({ place: "Place_will.clark" })).toBe(19);
	expect(simulator.agents.isLoggedIn(simulator.agents.get("ann.lee"))).toBe(false);
	const second = simulator.agents.deviceByNumber("5502");
	expect(await start({ place: "Empty_1", devicePath: `/devices/${second?.id ?? ""}` })).toBe(0);
	expect(second?.state).toBe("NotReady");
	expect(await start({ place: "Mixed_1", loginCode: "L5001", queue: "8001" })).toBe(0);
	expect(simulator.agents.deviceByNumber("5602")?.state).toBe("NotReady");
	expect(simulator.agents.deviceByNumber("5601")?.state).toBe("Offline");
	expect((await rest.get("/me/devices")).body["uris"]).toHaveLength(5);
});

test("EndContactCenterSession logs out, gives devices back and ends HTTP and CometD sessions", async () => {
	const simulator = await bench.start({ places: [{ name: "Desk_9", devices: [{ phoneNumber: "5901" }] }] });
	const ann = await bench.desk(simulator);
	await ann.rest.post("/me", {
		operationName: "StartContactCenterSession",
		channels: ["voice"],
		place: "Desk_9",
	});
	const key = await ann.talkTo("6001");
	const colleague = simulator.colleagues.get("6001");
	expect(colleague.session?.key).toBe(key);
	expect((await ann.rest.post("/me", { operationName: "EndContactCenterSession" })).body).toEqual({
		statusCode: 0,
	});
	expect(colleague.session).toBeNull();
	expect(ann.device.state).toBe("Offline");
	expect(simulator.agents.deviceByNumber("5901")?.assignedTo).toBeNull();
	expect((await ann.rest.get("/me")).body).toEqual(denied);
	expect(simulator.cometdSessions()).toBe(0);
});

test("operations need a JSON object and an operationName; unknown resources are code 6", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	for (const body of ["", "{", "[]", "null", '"text"']) {
		const answer = await rest.request("POST", "/api/v2/me", body);
		expect(answer.status).toBe(400);
		expect(answer.body["statusCode"]).toBe(1);
	}
	expect((await rest.post("/me", {})).body["statusCode"]).toBe(1);
	expect((await rest.post("/me", { operationName: "Dance" })).body["statusCode"]).toBe(3);
	expect((await rest.get("/me/nothing")).status).toBe(404);
	expect((await rest.request("DELETE", "/api/v2/me")).body["statusCode"]).toBe(6);
	const huge = await rest.request(
		"POST",
		"/api/v2/me",
		JSON.stringify({ operationName: "x".repeat(1_100_000) }),
	);
	expect(huge.status).toBe(413);
	const elsewhere = await rest.request("GET", "/index.html");
	expect(elsewhere.status).toBe(404);
	expect(elsewhere.text).toContain("<html>");
});

test("odd addresses and verbs are answered, never a crash", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	expect((await rest.request("GET", "//")).status).toBe(400);
	for (const path of [
		"/api/v2/me/%",
		"/api/v2/%2e%2e/me",
		"/api/v2//me",
		"/api/v2?x",
		"/api/v2/notifications/%00",
	]) {
		for (const method of ["GET", "POST", "PUT", "PATCH", "OPTIONS"]) {
			expect((await rest.request(method, path, "{}")).status).toBeGreaterThanOrEqual(200);
		}
	}
	expect((await rest.get("/me")).status).toBe(200);
});

test("contacts: filter, wildcard, paging, totalCount, sorting", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	const names = async (query: string): Promise<unknown[]> =>
		((await rest.get(`/contacts?${query}`)).body["contacts"] as Record<string, unknown>[]).map(
			(contact) => contact["name"],
		);
	const working =
		"type=User&includeUsersInBusinessUnits=AG_DEV&roles=ROLE_AGENT&limit=100" +
		"&filterName=NamesOrPhoneNumberMatches&filterParameters=*&sortBy=name&order=Ascending";
	const all = await names(working);
	expect(all).toHaveLength(39);
	expect(all).toEqual([...all].sort());
	const filter = (terms: string): string =>
		`filterName=NamesOrPhoneNumberMatches&filterParameters=${encodeURIComponent(terms)}`;
	expect(await names(filter("zoë"))).toEqual(["user6003"]);
	expect(await names(filter("ŁUK*"))).toEqual(["user6004"]);
	expect(await names(filter("600*,m*"))).toEqual(["user6001", "user6003"]);
	expect(await names(filter("*queue*"))).toEqual(["Billing queue", "Technical queue"]);
	expect(await names(filter("a.b(c"))).toEqual([]);
	expect(await names("phoneNumber=5002")).toEqual(["will.clark"]);
	expect(await names("phoneNumber=5002,6001")).toEqual(["will.clark", "user6001"]);
	expect(await names("type=User&phoneNumber=*&limit=200")).toHaveLength(38);
	expect(await names("type=Queue,Custom")).toHaveLength(3);
	expect(await names("name=ann.lee&channel=voice")).toEqual(["ann.lee"]);
	const page = await rest.get("/contacts?type=User&sortBy=lastName&order=Descending&offset=10&limit=5");
	expect(page.body["totalCount"]).toBe(39);
	expect(page.body["contacts"]).toHaveLength(5);
	for (const bad of ["limit=-1", "limit=x", "sortBy=height", "filterName=Magic&filterParameters=a"]) {
		expect((await rest.get(`/contacts?${bad}`)).body["statusCode"]).toBe(10);
	}
	expect((await rest.get("/contacts?filterName=NamesOrPhoneNumberMatches")).body["statusCode"]).toBe(1);
});

test("contacts: shape, presence, and the single contact without availability", async () => {
	const simulator = await bench.start();
	const rest = await bench.client(simulator);
	const [maya] = (await rest.get("/contacts?name=user6001&fields=*")).body["contacts"] as Record<
		string,
		unknown
	>[];
	const id = String(maya?.["id"]);
	expect(maya).toMatchObject({
		type: "User",
		phoneNumbers: [{ phoneNumber: "6001", description: "", switchName: "SIP_Switch" }],
		availability: {
			channels: [
				{
					channel: "voice",
					available: true,
					phoneNumber: "6001",
					userActivity: "Idle",
					userState: { state: "Ready" },
				},
			],
		},
		roles: ["ROLE_AGENT"],
		path: `/contacts/${id}`,
	});
	const [victor] = (await rest.get("/contacts?name=user6037&fields=*")).body["contacts"] as object[];
	expect(victor).not.toHaveProperty("phoneNumbers");
	expect(victor).not.toHaveProperty("availability");
	const single = await rest.get(`/contacts/${id}?type=User`);
	expect(single.body).toMatchObject({ statusCode: 0, contact: { firstName: "Maya" } });
	expect(single.body["contact"]).not.toHaveProperty("availability");
	expect(single.body["contact"]).not.toHaveProperty("roles");
	expect((await rest.get(`/contacts/${id}`)).body["statusCode"]).toBe(1);
	expect((await rest.get("/contacts/none?type=User")).body["statusCode"]).toBe(6);
	simulator.colleagues.get("6001").presence = "Offline";
	expect((await rest.get("/contacts?name=user6001&fields=*")).body).toMatchObject({
		contacts: [{ availability: { channels: [{ available: false, userState: { state: "LoggedOut" } }] } }],
	});
});

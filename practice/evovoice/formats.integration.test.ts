import { afterEach, expect, test } from "vitest";
import { EvovoiceBench } from "../testing/evovoice-bench.ts";
import { EvovoiceClient } from "../testing/evovoice-client.ts";

const bench = new EvovoiceBench();
afterEach(() => bench.close());

const instance = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
const clr = "http://schemas.datacontract.org/2004/07/Voice.Api";
const prolog = '<?xml version="1.0" encoding="utf-8"?>';

test("XML of a message: members in alphabetical order, nil for null, no charset", async () => {
	const { client, simulator, main } = await bench.desk();
	const answer = await client.postXml(
		"/messages",
		`${prolog}<!-- sent by hand --><SendMessage ${instance} xmlns="${clr}.Sessions"><Body>a &lt;b&gt; &amp; <![CDATA[<c>]]> &#x263A;</Body><EndpointId>${main}</EndpointId><ToAddress>+15550142</ToAddress></SendMessage>`,
	);
	const [message] = simulator.messages.all;
	expect(message?.text).toBe("a <b> & <c> ☺");
	expect(answer.headers.get("content-type")).toBe("application/xml");
	expect(answer.text).toBe(
		`${prolog}<MessageInfo ${instance} xmlns="${clr}.Messaging"><AccountId>${String(simulator.accounts[0]?.id)}</AccountId>` +
			`<CustomerId i:nil="true"/><Date>${new Date(message?.at ?? 0).toISOString()}</Date><Direction>Outgoing</Direction>` +
			`<EndpointDisplayName>Main line</EndpointDisplayName><EndpointId>${main}</EndpointId><Id>${String(message?.id)}</Id>` +
			`<IsUnread>false</IsUnread><OtherAddress>+15550142</OtherAddress><Sender>agent@example.com</Sender>` +
			`<Text>a &lt;b&gt; &amp; &lt;c&gt; ☺</Text></MessageInfo>`,
	);
	expect(simulator.journal.requests({ operationName: "SendMessage" })[0]?.body).toMatchObject({
		toAddress: "+15550142",
	});
});

test("XML out of order: what stands too late is skipped in silence", async () => {
	const { client, simulator, main } = await bench.desk();
	const post = (members: string, root = `SendMessage xmlns="${clr}.Sessions"`) =>
		client.postXml("/messages", `<${root}>${members}</SendMessage>`);
	const endpoint = `<EndpointId>${main}</EndpointId>`;
	const to = "<ToAddress>+15550142</ToAddress>";
	const late = await post(`${endpoint}${to}<Body>late</Body>`);
	expect(late.status).toBe(400);
	expect(late.text).toContain("'Body' must not be empty.");
	const elsewhere = await post(`<Body xmlns="urn:other">strange</Body>${endpoint}${to}`);
	expect(elsewhere.status).toBe(400);
	expect(simulator.ledger.entries).toEqual([]);
	const prefixed = await client.postXml(
		"/messages",
		`<s:SendMessage xmlns:s="${clr}.Sessions"><s:Body>fine</s:Body><s:EndpointId>${main}</s:EndpointId><s:SessionId i:nil="true" ${instance}/><s:ToAddress>+15550142</s:ToAddress></s:SendMessage>`,
	);
	expect(prefixed.status).toBe(200);
	expect((await post(`<Body>x</Body>${endpoint}${to}`, 'SendMessage xmlns="urn:wrong"')).status).toBe(400);
});

test("XML and JSON that cannot be read are 400, in the format asked for", async () => {
	const { client } = await bench.desk();
	for (const body of [
		"<a><b></a>",
		"<a",
		"nothing",
		"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
		"<a>&x;</a>",
		"<a/><b/>",
	]) {
		const answer = await client.postXml("/messages", body);
		expect(answer.status, body).toBe(400);
		expect(answer.text).toContain("<ErrorCode>SerializationException</ErrorCode>");
	}
	const json = await client.request("POST", "/messages", "{'body'");
	expect([json.status, json.body["responseStatus"]]).toEqual([
		400,
		expect.objectContaining({ errorCode: "SerializationException" }),
	]);
	expect((await client.request("POST", "/messages", "[1]")).status).toBe(400);
	expect((await client.postXml("/auth/logout", "{}")).status).toBe(400);
	expect((await client.request("POST", "/messages", `{"body":"${"x".repeat(1_100_000)}"}`)).status).toBe(
		413,
	);
});

test("XML of lists: the generic root, items in their own namespace, lists of strings", async () => {
	const { client, simulator } = await bench.desk({
		users: [
			{ emailAddress: "agent@example.com", password: "secret", roles: ["User", "SystemAdministrator"] },
		],
	});
	simulator.outside.person("+15550142").write("Main line", "Hi \u0001");
	simulator.company.customer(simulator.company.account(), "Smith");
	const messages = (await client.get("/messages.xml")).text;
	expect(messages).toMatch(
		new RegExp(
			`^<\\?xml [^>]*><ListResponseOfMessageInfoCeNIv4MU xmlns:i="[^"]*" xmlns="${clr}"><HasMorePages>false</HasMorePages>` +
				`<Items xmlns:d2p1="${clr}.Messaging"><d2p1:MessageInfo><d2p1:AccountId>`,
		),
	);
	expect(messages).toContain(
		"<d2p1:Text>Hi &#x1;</d2p1:Text></d2p1:MessageInfo></Items><TotalCount>1</TotalCount>",
	);
	const root = async (path: string): Promise<string> =>
		/<([A-Za-z0-9]+) /.exec((await client.get(path)).text.slice(prolog.length))?.[1] ?? "";
	expect(await root("/accounts.xml")).toBe("ListResponseOfAccountInfoLIonMsk5");
	expect(await root("/sessions.xml")).toBe("ListResponseOfSessionInfoBWxtuWQa");
	expect(await root("/endpoints.xml")).toBe("ListResponseOfEndpointInfoWeVlXEog");
	expect(await root("/customers.xml")).toBe("ListResponseOfCustomerInfoznfKbIMc");
	expect(await root("/sessions/active.xml")).toBe("ArrayOfSessionInfo");
	const conversations = (await client.get("/conversations?format=xml")).text;
	expect(conversations).toContain(`xmlns="${clr}.Messaging"><Conversations><ConversationInfo><EndpointId>`);
	expect(conversations).toContain("<MostRecentMessage><AccountId>");
	expect((await client.get("/auth/status.xml")).text).toContain(
		'<AccountIds xmlns:d2p1="http://schemas.microsoft.com/2003/10/Serialization/Arrays"><d2p1:string>',
	);
	// Members of the base class come first, then the alphabet begins anew.
	const endpoint = (await client.get("/endpoints.xml?countPerPage=1")).text;
	expect(endpoint).toMatch(
		/<d2p1:CreatedBy>.*<d2p1:LastModifiedBy>[^<]*<\/d2p1:LastModifiedBy><d2p1:AccountId>/,
	);
});

test("XML of an error", async () => {
	const { client } = await bench.desk();
	const answer = await client.get("/sessions/none?format=xml");
	expect([answer.status, answer.reason]).toEqual([404, "NotFound"]);
	expect(answer.text).toBe(
		`${prolog}<ErrorResponse ${instance} xmlns="http://schemas.servicestack.net/types"><ResponseStatus>` +
			'<ErrorCode>NotFound</ErrorCode><Message>Session was not found</Message><StackTrace i:nil="true"/><Errors/>' +
			'<Meta i:nil="true"/></ResponseStatus></ErrorResponse>',
	);
});

test("which format wins: callback, then format=, then the suffix, then Accept", async () => {
	const { client } = await bench.desk();
	const type = async (path: string, accept?: string): Promise<string | null> => {
		const answer = await client.get(path, accept === undefined ? {} : { accept });
		return answer.headers.get("content-type");
	};
	expect(await type("/conversations.xml?format=json&callback=f", "text/html")).toBe("text/javascript");
	expect(await type("/conversations.xml?format=json", "text/html")).toBe("application/json; charset=utf-8");
	expect(await type("/conversations.xml", "application/json")).toBe("application/xml");
	expect(await type("/conversations", "text/html;q=0.9,application/xml")).toBe("text/html; charset=utf-8");
	expect(await type("/conversations", "*/*")).toBe("application/json; charset=utf-8");
	expect(await type("/conversations?format=jsv")).toBe("text/jsv; charset=utf-8");
	expect(await type("/messages.csv")).toBe("text/csv; charset=utf-8");
	expect(await type("/messages.jsonl")).toBe("text/jsonl; charset=utf-8");
	expect(await type("/Messages")).toBe("application/json; charset=utf-8");
});

test("the text formats quote what would break them", async () => {
	const { client, simulator } = await bench.desk();
	simulator.outside.person("+15550142").write("Main line", 'a "b", {c}\nd');
	simulator.outside.person("+15550143").write("Main line", "<b>");
	expect((await client.get("/messages.csv")).text).toContain('"a ""b"", {c}\nd"');
	expect((await client.get("/messages?format=jsv")).text).toContain('text:"a ""b"", {c}\nd"');
	const lines = (await client.get("/messages.jsonl")).text.trimEnd().split("\n");
	expect(lines.map((line) => (JSON.parse(line) as { text: string }).text)).toEqual([
		"<b>",
		'a "b", {c}\nd',
	]);
	expect((await client.get("/conversations", { accept: "text/html" })).text).toContain("&lt;b&gt;");
});

test("JSONP: the name is made harmless, and every error is a 200", async () => {
	const { client, simulator, main } = await bench.desk();
	const answer = await client.get("/conversations?callback=alert(1)//");
	expect(answer.text).toBe('alert_1___({"conversations":[]})');
	simulator.failures.next({ operation: "ListMessages", status: 500, message: "Down" });
	const failed = await client.get("/messages?callback=f");
	expect(failed.status).toBe(200);
	expect(failed.text).toBe('f({"responseStatus":{"errorCode":"Exception","message":"Down","errors":[]}})');
	const forbidden = await client.get("/endpoints?callback=f");
	expect([forbidden.status, forbidden.text]).toEqual([200, expect.stringContaining("Invalid Role")]);
	const stranger = await new EvovoiceClient(simulator.origin).get("/messages?callback=f");
	expect([stranger.status, stranger.text]).toEqual([200, expect.stringContaining("Unauthorized")]);
	expect(main).not.toBe("");
});

test("operations also stand under their names", async () => {
	const { client, simulator, main } = await bench.desk();
	const body = { endpointId: main, toAddress: "+15550142", body: "by name" };
	expect((await client.post("/json/reply/SendMessage", body)).status).toBe(200);
	expect((await client.post("/api/sendmessage", body)).status).toBe(200);
	expect((await client.post("/xml/reply/SendMessage", body)).text).toContain("<MessageInfo ");
	expect(simulator.ledger.count("by name")).toBe(3);
	expect((await client.get("/json/reply/Nothing")).status).toBe(404);
	expect((await client.get("/tea/reply/ListMessages")).status).toBe(404);
});

test("errors of the service in each of their shapes", async () => {
	const { client, simulator } = await bench.desk();
	const fail = (operation: string): void => {
		simulator.failures.next({
			operation,
			status: 409,
			errorCode: "OptimisticConcurrencyException",
			message: "Busy",
		});
	};
	fail("ListMessages");
	const plain = await client.get("/messages");
	expect([plain.status, plain.reason]).toEqual([409, "OptimisticConcurrencyException"]);
	expect(plain.body).toEqual({
		responseStatus: { errorCode: "OptimisticConcurrencyException", message: "Busy", errors: [] },
	});
	const own: readonly (readonly [operation: string, path: string, body: unknown])[] = [
		["ListConversations", "/conversations", { conversations: [] }],
		["GetMySessions", "/sessions/my", { sessions: [] }],
		["GetChatTranscript", "/sessions/none/transcript", { messages: [] }],
		["GetMyContacts", "/app/contacts", { contacts: [] }],
	];
	for (const [operation, path, body] of own) {
		fail(operation);
		const answer = await client.get(path);
		expect([answer.status, answer.body]).toEqual([409, body]);
	}
	const nowhere = await client.get("/nothing/here?a=1");
	expect([nowhere.status, nowhere.headers.get("content-type")]).toEqual([404, "text/plain"]);
	expect(nowhere.text).toContain("Request.PathInfo: /nothing/here\nRequest.QueryString: a=1");
	expect((await client.get("/sessions/a%ZZ")).status).toBe(404);
});

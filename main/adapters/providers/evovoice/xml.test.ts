import fc from "fast-check";
import { expect, test } from "vitest";
import { readBody } from "./answers.ts";
import { readXml } from "./xml-reader.ts";
import { authenticateContract, escapeXml, sendMessageContract, writeXml } from "./xml-writer.ts";

const i = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
const list = `<?xml version="1.0" encoding="utf-8"?><ListResponseOfMessageInfoCeNIv4MU ${i} xmlns="http://schemas.datacontract.org/2004/07/Voice.Api"><HasMorePages>false</HasMorePages><Items xmlns:d2p1="http://schemas.datacontract.org/2004/07/Voice.Api.Messaging"><d2p1:MessageInfo><d2p1:AccountId i:nil="true"/><d2p1:Id>65a</d2p1:Id><d2p1:Text>a &amp; b &lt;&#x1F600;&gt;</d2p1:Text></d2p1:MessageInfo></Items><TotalCount>1</TotalCount></ListResponseOfMessageInfoCeNIv4MU>`;

/** What XML 1.0 cannot hold even as a reference, for .NET and for us. */
const sayable = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000");

test("members are told by local name, whatever the prefix; nil and absent are the same; one of a list is a list", () => {
	expect(readBody({ text: list })).toEqual({
		hasMorePages: "false",
		items: [{ id: "65a", text: "a & b <😀>" }],
		totalCount: "1",
	});
});

test("lists of strings and arrays at the root", () => {
	const strings = `<UserInfo ${i}><AccountIds xmlns:d2p1="x"><d2p1:string>a</d2p1:string><d2p1:string>b</d2p1:string></AccountIds><Roles/></UserInfo>`;
	expect(readBody({ text: strings })).toEqual({ accountIds: ["a", "b"], roles: [] });
	const array = `<ArrayOfSessionInfo><SessionInfo><Id>1</Id></SessionInfo></ArrayOfSessionInfo>`;
	expect(readBody({ text: array })).toEqual([{ id: "1" }]);
	expect(readBody({ text: `<UserInfo ${i} i:nil="true"/>` })).toBeNull();
});

test("any text comes back from an element and from CDATA", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary" }).filter(sayable), (text) => {
			expect(readXml(`<A>${escapeXml(text)}</A>`).text).toBe(text);
			const verbatim = text.replaceAll("]]>", "").replace(/\r\n?/g, "\n");
			expect(readXml(`<A><![CDATA[${verbatim}]]></A>`).text).toBe(verbatim);
		}),
	);
});

test("a request comes back with the same members, in alphabetical order and without nulls", () => {
	const value = fc.option(fc.string({ unit: "binary" }).filter(sayable));
	fc.assert(
		fc.property(fc.record({ toAddress: value, body: value, endpointId: value }), (members) => {
			const written = writeXml(sendMessageContract, members);
			const names = readXml(written).children.map(({ name }) => name);
			expect(names).toEqual([...names].sort());
			const kept = Object.entries(members).filter(([, text]) => text !== null);
			expect(readBody({ text: written })).toEqual(Object.fromEntries(kept));
		}),
	);
});

test("a request is written as the sheet has it, and the framework's own type in its own order", () => {
	const members = { toAddress: "+15556667777", sessionId: null, endpointId: "64f", body: "Hello" };
	expect(writeXml(sendMessageContract, members)).toBe(
		`<?xml version="1.0" encoding="utf-8"?><SendMessage ${i} xmlns="http://schemas.datacontract.org/2004/07/Voice.Api.Sessions"><Body>Hello</Body><EndpointId>64f</EndpointId><ToAddress>+15556667777</ToAddress></SendMessage>`,
	);
	const signIn = { rememberMe: true, password: "p", userName: "u", provider: "credentials" };
	expect(writeXml(authenticateContract, signIn)).toContain(
		"<provider>credentials</provider><UserName>u</UserName><Password>p</Password><RememberMe>true</RememberMe>",
	);
});

test("what is no well-formed XML is refused", () => {
	const refused = [
		"",
		"text",
		"<A>",
		"<A></B>",
		"<A/><B/>",
		"<A x=1/>",
		'<A x="1" x="2"/>',
		"<A>&nbsp;</A>",
		"<A>& b</A>",
		"<A>&#0;</A>",
		"<A>&#xD800;</A>",
		"<A>&#x110000;</A>",
		"<A>]]></A>",
		"<A><![CDATA[x</A>",
		"<!-- <A/>",
		"<A/>x",
		'<!DOCTYPE A [<!ENTITY e "x">]><A>&e;</A>',
		'<!DOCTYPE A SYSTEM "file:///etc/passwd"><A/>',
		'<A/><?xml version="1.0"?>',
		"<A".repeat(10),
		"</A>",
		"<a:b:c/>",
	];
	for (const text of refused) expect(() => readXml(text), text).toThrow(SyntaxError);
});

test("comments, processing instructions and a byte order mark are no part of it", () => {
	const text = '\uFEFF<?xml version="1.0"?><!-- <B> --><?go on?><A>x<!-- y -->z</A>\n';
	expect(readXml(text)).toMatchObject({ name: "A", text: "xz" });
});

test("too deep and too long is refused, and deep is cheap", () => {
	expect(() => readXml("<A>".repeat(33) + "</A>".repeat(33))).toThrow(/deep/);
	expect(readXml("<A>".repeat(32) + "</A>".repeat(32)).name).toBe("A");
	expect(() => readXml("<A>".repeat(2_000_000))).toThrow(/deep/);
	expect(() => readXml(`<A>${" ".repeat(8 * 1024 * 1024)}</A>`)).toThrow(/long/);
});

test("never anything but a value or a SyntaxError, and no member becomes a prototype", () => {
	const piece = fc.constantFrom(
		"<A>",
		"</A>",
		"<A/>",
		"<",
		">",
		"&",
		"&amp;",
		"&#1;",
		"]]>",
		"<![CDATA[",
		"<!--",
		"-->",
		"<?",
		"?>",
		'x="1"',
		"i:nil",
		"\u0000",
		"a",
	);
	fc.assert(
		fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
			try {
				readBody({ text: `<A>${pieces.join("")}` });
			} catch (thrown) {
				expect(thrown).toBeInstanceOf(SyntaxError);
			}
		}),
	);
	const sly = readBody({
		text: "<A><__proto__><polluted>1</polluted></__proto__><constructor>x</constructor></A>",
	});
	expect(Object.getPrototypeOf(sly)).toBe(Object.prototype);
	expect(sly).not.toHaveProperty("polluted");
});

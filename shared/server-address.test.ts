import fc from "fast-check";
import { expect, test } from "vitest";
import { parseServerAddress } from "./server-address.ts";

test.each([
	[
		"gws.example.com",
		{ origin: "https://gws.example.com", basePath: "", encrypted: true, loopback: false },
	],
	[
		"https://gws.example.com/",
		{ origin: "https://gws.example.com", basePath: "", encrypted: true, loopback: false },
	],
	[
		"  HTTP://GWS:8090/api/v2/ ",
		{ origin: "http://gws:8090", basePath: "/api/v2", encrypted: false, loopback: false },
	],
	["gws:8090", { origin: "https://gws:8090", basePath: "", encrypted: true, loopback: false }],
	["localhost:8090", { origin: "https://localhost:8090", basePath: "", encrypted: true, loopback: true }],
	["http://127.0.0.1:1", { origin: "http://127.0.0.1:1", basePath: "", encrypted: false, loopback: true }],
	["http://[::1]:80/x//", { origin: "http://[::1]", basePath: "/x", encrypted: false, loopback: true }],
	["http://2130706433", { origin: "http://127.0.0.1", basePath: "", encrypted: false, loopback: true }],
	[
		"http://localhost.example.com",
		{ origin: "http://localhost.example.com", basePath: "", encrypted: false, loopback: false },
	],
	[
		"münchen.example",
		{ origin: "https://xn--mnchen-3ya.example", basePath: "", encrypted: true, loopback: false },
	],
])("%s is understood", (text, value) => {
	expect(parseServerAddress(text)).toEqual({ ok: true, value });
});

test.each([
	"",
	"   ",
	"ftp://gws",
	"file:///etc/passwd",
	"javascript://gws/%0aalert(1)",
	"https://agent:secret@gws.example.com",
	"agent@gws.example.com",
	"https://gws/?x=1",
	"https://gws/#x",
	"https://",
	"https:///gws",
	"https://gws:99999",
	"https://gws:0",
	"two words",
	"gws\\api",
	"https://gws/\u0000",
	"https://[::1",
	`https://${"a".repeat(3000)}`,
])("%j is refused", (text) => {
	expect(parseServerAddress(text)).toEqual({ ok: false, error: { code: "network.badAddress" } });
});

test("nothing typed can throw, and what is accepted never carries credentials, query or fragment", () => {
	fc.assert(
		fc.property(
			fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true, withFragments: true })),
			(text) => {
				const parsed = parseServerAddress(text);
				if (!parsed.ok) return;
				const again = new URL(parsed.value.origin + parsed.value.basePath);
				expect([again.username, again.password, again.search, again.hash]).toEqual(["", "", "", ""]);
				expect(again.origin).toBe(parsed.value.origin);
				expect(parseServerAddress(parsed.value.origin + parsed.value.basePath)).toEqual(parsed);
			},
		),
	);
});

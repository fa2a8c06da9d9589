import { expect, test } from "vitest";
import { getDomain } from "./cookie-domain.ts";
import { createCookies } from "./cookies.ts";

test.each([
	["gws.example.com", "example.com"],
	["example.com", "example.com"],
	["a.b.co.uk", "co.uk"],
	["localhost", null],
	["127.0.0.1", null],
	["[::1]", null],
	["", null],
	["example.com.", "example.com"],
])("the domain of %j is %j", (host, domain) => {
	expect(getDomain(host)).toBe(domain);
});

test("the jar uses it: a cookie for the parent domain comes back, one for a stranger does not", () => {
	const cookies = createCookies();
	cookies.take("https://gws.example.co.uk/", [
		"wide=1; Domain=example.co.uk",
		"own=2",
		"foreign=3; Domain=other.example",
		"balancer",
	]);
	expect(cookies.header("https://gws.example.co.uk/api")?.split("; ").sort()).toEqual([
		"balancer",
		"own=2",
		"wide=1",
	]);
	// With the list this one would be refused; it still goes to nobody but its own server.
	cookies.take("https://gws.example.co.uk/", ["suffix=4; Domain=co.uk"]);
	expect(cookies.header("https://gws.example.co.uk/")).toContain("suffix=4");
});

import { expect, test } from "vitest";
import { transportFailure } from "./failures.ts";

const failed = (facts: { code: string; syscall?: string }): Error =>
	new TypeError("fetch failed", { cause: Object.assign(new Error("low level"), facts) });
const host = "gws.example:8090";

test.each(["EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "EHOSTDOWN", "EADDRNOTAVAIL", "EACCES", "EPERM"])(
	"%s while connecting: there is no way to the host, and nothing reached it",
	(code) => {
		const failure = transportFailure(failed({ code, syscall: "connect" }), { host });
		expect([failure.error, failure.reached]).toEqual([
			{ code: "network.unreachable", params: { host } },
			"no",
		]);
	},
);

test("a network that reports a made connection dead leaves it open whether the request arrived", () => {
	const failure = transportFailure(failed({ code: "EHOSTUNREACH", syscall: "read" }), { host });
	expect([failure.error.code, failure.reached]).toEqual(["network.unreachable", "maybe"]);
});

test("behind a proxy, what cannot be connected to is the proxy", () => {
	const failure = transportFailure(failed({ code: "ENETUNREACH", syscall: "connect" }), {
		host,
		proxy: "proxy.example:3128",
	});
	expect(failure.error).toEqual({ code: "network.proxy", params: { host: "proxy.example:3128" } });
});

test("a code that nobody has met before is an interruption with an unknown outcome", () => {
	const failure = transportFailure(failed({ code: "EBRANDNEW" }), { host });
	expect([failure.error.code, failure.reached]).toEqual(["network.interrupted", "maybe"]);
});

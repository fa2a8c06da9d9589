import { afterEach, expect, test } from "vitest";
import { createHttpClient } from "../../net/http-client.ts";
import { createTrustStore } from "../../net/trust-store.ts";
import { RestClient } from "../rest/rest-client.ts";
import { decodeAnswer, isExpired, wordsOf } from "./answers.ts";
import { Api } from "./api.ts";
import { identityOf } from "./identity.ts";
import { Floor, customer, own } from "./testing/desk.spec.ts";
import { WarpClock } from "../testing/warp-clock.spec.ts";

const floor = new Floor();
afterEach(() => floor.close());

/** The operations that a session does not use by itself, with a token of this user. */
async function apiOf(user: string, generation: 44 | 45 = 45): Promise<Api> {
	const simulator = await floor.simulator({ switches: { generation } });
	simulator.customers.customer(customer).write(own.picture, "hello");
	simulator.customers.user("1123@portal").chat(["2500", "1004"], "team");
	const token = simulator.tokens.grant(
		simulator.company.user(`${user}@portal`),
		new URL(simulator.origin).host,
		"trunkline",
	);
	const clock = new WarpClock();
	const rest = new RestClient({
		base: `${simulator.origin}/ns-api`,
		http: createHttpClient({ origin: simulator.origin, clock, trust: createTrustStore(() => []) }),
		clock,
		random: { next: () => 0.5, uuid: () => "" },
		authorizer: {
			headers: () => ({ authorization: `Bearer ${token.accessToken}` }),
			generation: 1,
			renew: () => Promise.resolve(),
		},
		isExpired,
		words: wordsOf,
		decode: decodeAnswer,
	});
	return new Api(rest, identityOf(user, "portal"));
}

test("sessions of the domain, where the scope reaches: one row for each user", async () => {
	const api = await apiOf("1004");
	const rows = await api.domainSessions({ limit: 100 });
	expect(rows).toHaveLength(4);
	expect(new Set(rows.map(({ id }) => id)).size).toBe(2);
});

test("sessions of the domain are not for everybody, and not on every server", async () => {
	await expect((await apiOf("2500")).domainSessions({ limit: 100 })).rejects.toMatchObject({
		error: { code: "http.status", params: { status: 403 }, detail: "Permission Denied" },
	});
	await expect((await apiOf("1004", 44)).domainSessions({ limit: 100 })).rejects.toMatchObject({
		error: { detail: "No Route Found [92]" },
	});
});

test("one session, which comes as a list; none, and a server that cannot tell", async () => {
	const api = await apiOf("2500");
	const [first] = await api.sessions({ limit: 100 });
	expect(await api.session(first?.id ?? "")).toEqual(first);
	expect(await api.session("0".repeat(32))).toBeNull();
	expect(await (await apiOf("2500", 44)).session("0".repeat(32))).toBeNull();
});

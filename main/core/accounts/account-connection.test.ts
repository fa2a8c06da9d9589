import { plainContext } from "../testing/plain.ts";
import { expect, test } from "vitest";
import { appError, ok } from "../../../shared/errors.ts";
import { asAccountId } from "../../../shared/ids.ts";
import type { HttpClient } from "../ports/runtime.ts";
import { FakeProvider } from "../testing/fake-provider.ts";
import { RecordingLogger, settle, VirtualClock } from "../testing/virtual-clock.ts";
import { AccountConnection } from "./account-connection.ts";

const http: HttpClient = {
	send: () => Promise.reject(new Error("no network in this test")),
	clearCookies: () => Promise.resolve(),
	close: () => Promise.resolve(),
};

/** A connection whose waits are the longest that jitter allows. */
function connection() {
	const clock = new VirtualClock();
	const provider = new FakeProvider();
	const connection: AccountConnection = new AccountConnection(
		{
			id: asAccountId("a"),
			system: "genesys",
			server: "https://gws.example",
			userName: "ann",
			encrypted: true,
			options: {},
			method: "password",
			secretKeeping: "thisRun",
		},
		{
			clock,
			random: { next: () => 1, uuid: () => "id" },
			logger: new RecordingLogger(),
			provider,
			http,
			...plainContext,
			secret: () => Promise.resolve(ok("secret")),
			holdsNothing: () => false,
		},
		{
			opened: (session) => {
				connection.open(session, { state: "connecting", nextAttempt: null, problem: null });
			},
			entered: () => undefined,
		},
	);
	/** Milliseconds until the next try after the session was lost. */
	async function waitAfterLoss(): Promise<number> {
		connection.lost(appError("network.interrupted"));
		const { phase } = connection;
		if (phase.kind !== "waiting" || phase.until === null) throw new Error(`phase ${phase.kind}`);
		const wait = phase.until - clock.now();
		await clock.advance(wait);
		await settle();
		return wait;
	}
	return { connection, waitAfterLoss };
}

test("a server that signs in and drops before anything works is asked ever more slowly", async () => {
	const { connection: it, waitAfterLoss } = connection();
	it.start();
	await settle();
	expect(it.phase.kind).toBe("open");
	const waits: number[] = [];
	for (let round = 0; round < 8; round += 1) waits.push(await waitAfterLoss());
	expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

test("once the account was really online the next loss is answered quickly again", async () => {
	const { connection: it, waitAfterLoss } = connection();
	it.start();
	await settle();
	for (let round = 0; round < 4; round += 1) await waitAfterLoss();
	it.cameOnline();
	expect(await waitAfterLoss()).toBe(1000);
});

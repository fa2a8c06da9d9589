import { expect, test } from "vitest";
import { once } from "./r4.ts";

test("R4, 90 s of one seed: forgotten every 20 s, the session comes back in order, and nothing is lost", async () => {
	const { messages, handshakes, ...wrong } = await once(1, 90_000);
	expect(messages).toBeGreaterThan(100);
	expect(handshakes).toBeGreaterThan(3);
	expect(wrong).toEqual({
		lost: 0,
		duplicated: 0,
		tooCloseHandshakes: 0,
		doubleSubscriptions: 0,
		listsOutOfOrder: 0,
		sessionsWithoutList: 0,
		gapsLeft: 0,
	});
});

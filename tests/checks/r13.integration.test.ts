import { expect, test } from "vitest";
import { holds, once } from "./r13.ts";

test.each([1, 2])(
	"R13, seed %d: who is refused fails with Retry, others go on in order, one renewal, nothing before Retry-After",
	async (seed) => {
		const result = await once(seed);
		expect({ ...result, holds: holds(result) }).toMatchObject({ holds: true, texts: 136 });
	},
);

import { expect, test } from "vitest";
import { genesysCampaign } from "./kill/genesys-campaign.ts";
import { referenceCampaign } from "./kill/reference-campaign.ts";

const none = { lost: 0, unexpected: 0, duplicated: 0, unsettled: 0, problems: [] };
const silent = (): void => undefined;

test.each([true, false])("R1, 6 kills, server with keys: %s", async (keys) => {
	const result = await referenceCampaign({ kills: 6, seed: 5, keys, say: silent });
	expect(result).toMatchObject({
		kills: 6,
		unsound: 0,
		searchUnsound: 0,
		endSound: true,
		problems: [],
		tally: none,
	});
	expect(result.attempted.size).toBeGreaterThan(0);
	expect(result.drained).toBe(true);
});

test("R1 on Genesys, 3 kills: what was missed has its gap, and nothing is sent twice", async () => {
	const result = await genesysCampaign({ kills: 3, seed: 5, say: silent });
	expect(result).toMatchObject({
		kills: 3,
		unsound: 0,
		searchUnsound: 0,
		endSound: true,
		problems: [],
		tally: none,
	});
	expect(result.drained).toBe(true);
});

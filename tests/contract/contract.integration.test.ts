import { afterAll, describe } from "vitest";
import { suiteOf } from "./kit/suite.ts";
import { summary } from "./kit/tally.ts";
import { capabilities } from "./specs/capabilities.ts";
import { duplicatesAndGaps } from "./specs/duplicates-and-gaps.ts";
import { everySwitch } from "./specs/every-switch.ts";
import { expiry } from "./specs/expiry.ts";
import { hostile } from "./specs/hostile.ts";
import { listAndPage } from "./specs/list-and-page.ts";
import { rateLimit } from "./specs/rate-limit.ts";
import { send } from "./specs/send.ts";
import { signIn } from "./specs/sign-in.ts";
import { signOut } from "./specs/sign-out.ts";
import { storm } from "./specs/storm.ts";
import { unknownOutcome } from "./specs/unknown-outcome.ts";
import { evovoice } from "./worlds/evovoice.ts";
import { genesys } from "./worlds/genesys.ts";
import { netsapiens } from "./worlds/netsapiens.ts";
import { textus } from "./worlds/textus.ts";

const specs = [
	signIn,
	listAndPage,
	send,
	unknownOutcome,
	duplicatesAndGaps,
	expiry,
	rateLimit,
	signOut,
	hostile,
	capabilities,
	storm,
	everySwitch,
];

/** What every provider keeps to, whatever its system: the same specs on each, against its simulator. */
for (const maker of [genesys, netsapiens, evovoice, textus]) {
	const suite = await suiteOf(maker);
	describe(maker.system, () => {
		for (const write of specs) write(suite);
	});
}

afterAll(() => {
	process.stdout.write(`\n${summary()}\n`);
});

import type { PracticeClock } from "../clock.ts";
import type { PracticeRandom } from "../random.ts";
import type { Sessions } from "./chats.ts";
import type { Company } from "./company.ts";
import type { PlannedFailures } from "./failure.ts";
import type { HttpSessions } from "./http-sessions.ts";
import type { Ledger } from "./ledger.ts";
import type { MediaStore } from "./media.ts";
import type { Messages } from "./messages.ts";
import type { EvovoiceSwitches } from "./switches.ts";

/** Everything that operations work on. */
export interface Site {
	readonly clock: PracticeClock;
	readonly random: PracticeRandom;
	readonly switches: EvovoiceSwitches;
	readonly company: Company;
	readonly messages: Messages;
	readonly sessions: Sessions;
	readonly media: MediaStore;
	readonly httpSessions: HttpSessions;
	readonly failures: PlannedFailures;
	readonly ledger: Ledger;
	/** Addresses that do not want to be written to. */
	readonly optedOut: Set<string>;
	/** Push tokens that clients registered (sheet, 8), by user name. */
	readonly deviceTokens: Map<string, number>;
}

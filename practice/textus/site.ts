import type { PracticeClock } from "../clock.ts";
import type { PracticeRandom } from "../random.ts";
import type { AccountRegistry } from "./accounts.ts";
import type { Contacts } from "./contacts.ts";
import type { Conversations } from "./conversations.ts";
import type { Files } from "./files.ts";
import type { Ids } from "./identity.ts";
import type { OptOuts } from "./opt-outs.ts";
import type { Paging } from "./paging.ts";
import type { SavedReplies } from "./saved-replies.ts";
import type { Sending } from "./sending.ts";
import type { TextusSwitches } from "./switches.ts";
import type { User, UserRegistry } from "./users.ts";
import type { JsonObject } from "../server/json.ts";

/** Everything that the resources of the API are made of. */
export interface Site {
	readonly switches: TextusSwitches;
	readonly clock: PracticeClock;
	readonly random: PracticeRandom;
	readonly ids: Ids;
	readonly accounts: AccountRegistry;
	readonly users: UserRegistry;
	readonly contacts: Contacts;
	readonly savedReplies: SavedReplies;
	readonly optOuts: OptOuts;
	readonly conversations: Conversations;
	readonly files: Files;
	readonly paging: Paging;
	readonly sending: Sending;
}

/** One request, after the token was checked. */
export interface Call {
	readonly site: Site;
	readonly user: User;
	/** The variable segments of the path, decoded. */
	readonly parameters: readonly string[];
	readonly query: URLSearchParams;
	/** `{}` when there was none. */
	readonly body: JsonObject;
}

/** Status and body; without `value` there is no body. */
export interface Outcome {
	readonly status: number;
	readonly value?: JsonObject;
}

export type Handler = (call: Call) => Outcome;

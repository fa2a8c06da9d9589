import type { Faults } from "../../../practice/server/faults.ts";
import type { Journal, RequestMatch } from "../../../practice/server/journal.ts";
import type { Network } from "../../../practice/server/network.ts";
import type { Provider } from "../../../main/core/ports/provider.ts";
import type { ErrorCode } from "../../../shared/errors.ts";
import type { SystemId } from "../../../shared/model.ts";
import type { SecretKind } from "../../../shared/systems.ts";
import type { WorldTime } from "./time.ts";
import type { Traffic } from "./traffic.ts";

/** What is typed into the sign-in form. */
export interface SignIn {
	readonly server: string;
	readonly userName: string;
	readonly secret: string;
	readonly method: SecretKind;
	readonly options: Readonly<Record<string, string>>;
}

/** The parts that every simulated system has. */
export interface SimulatedServer {
	readonly origin: string;
	readonly faults: Faults;
	readonly network: Network;
	readonly journal: Journal;
	close(): Promise<void>;
}

/** What is so with one system, beyond its capabilities. */
export interface WorldFacts {
	/**
	 * What happens when the server does not know the client any more: somebody proves who they are once more without being
	 * asked (a token is renewed, the kept secret signs in), or the person is asked.
	 */
	readonly expiry: "proves" | "asks";
	/** Conversations before the sign-in are there after it. */
	readonly past: boolean;
	/** What is told at the sign-in to a server of another kind. */
	readonly notThis: readonly ErrorCode[];
	/** The status with which a text is refused that the server does not take, and its body. */
	readonly refusal: { readonly status: number; readonly body: string; readonly contentType?: string };
	/** Messages have ids, so that what is told twice is one message; without them it is as many as are told. */
	readonly remoteIds: boolean;
	/** After so long, ms, everything that could still come has come. */
	readonly restMs: number;
	/** How long an outage lasts in the specs, ms. */
	readonly outageMs: number;
	/** What becomes of a text of somebody on its way here, where the system itself cannot carry it unchanged. */
	readonly carries: (text: string) => string;
	/** Something is left of the sign-in at the server after a sign-out (the system has none); false: nothing. */
	readonly staysSignedIn: boolean;
}

/** One setting of one switch of the simulator, and what of the core path it changes. */
export interface Variation {
	/** Key of the simulator's switches. */
	readonly of: string;
	/** `of`, and the value in words. */
	readonly name: string;
	turn(): void;
	/** The sign-in cannot succeed, and is refused with this. */
	readonly signInFails?: ErrorCode;
	/** Texts cannot be sent, and fail with this. */
	readonly sendFails?: ErrorCode;
	/** Sent texts stay in doubt: the system says nothing that could settle them. */
	readonly sendDoubtful?: true;
	/** Messages of before cannot be had. */
	readonly noPast?: true;
	/** No line can be used, and this warns of it. */
	readonly noLine?: ErrorCode;
	/** What is told so often, in a system without ids of messages, is here so often. */
	readonly copies?: number;
	/** Messages cannot be read, and this is shown in the conversation. */
	readonly unreadable?: ErrorCode;
	/** It is turned only once texts have come: it is about sending, on both sides. */
	readonly onlySending?: true;
}

/**
 * One system as the specs see it: its provider, its simulator, and what can be done to both. All of it has one shape, so
 * that no spec knows which system it runs on.
 */
export interface ContractWorld {
	readonly system: SystemId;
	readonly provider: Provider;
	readonly server: SimulatedServer;
	readonly time: WorldTime;
	/** Where deadlines of requests are measured. */
	readonly wireTime: WorldTime;
	readonly traffic: Traffic;
	readonly facts: WorldFacts;
	readonly signIn: SignIn;
	/** Every way in which a secret can be wrong, and what is said. */
	readonly wrong: readonly { readonly name: string; readonly signIn: SignIn; readonly code: ErrorCode }[];
	/** Two people outside, by the address that an agent would type. */
	readonly people: readonly [string, string];
	/** Requests that carry a text to the server. */
	readonly sends: RequestMatch;
	/** Requests that ask for news. */
	readonly reads: RequestMatch;

	/** Before anybody signs in: somebody wrote these, one after the other. */
	past(person: string, texts: readonly string[]): Promise<void>;
	/** Somebody writes a text now. */
	write(person: string, text: string): Promise<void>;
	/** The same agent writes by other means. */
	writeElsewhere(person: string, text: string): Promise<void>;
	/** Texts that the server has accepted from the app, oldest first. */
	accepted(): readonly string[];
	/** From now on every row of news comes twice. */
	double(): void;
	/**
	 * The message is in the news before the reply to the next send is here. "late": the reply comes afterwards;
	 * "never": it does not.
	 */
	echoFirst(): "late" | "never";
	/** An outage begins, or is over; with `forgets` the server keeps nothing for those who come back. */
	cut(): Promise<void>;
	restore(forgets?: boolean): Promise<void>;
	/** The server knows no client any more. */
	expire(): void;
	/** After that: who proves who they are may come in again (where nobody could, as with a token that was revoked). */
	allow(): void;
	/** How often somebody proved who they are so far, by whatever means. */
	proofs(): number;
	/** The server takes so few requests that the app runs into its limit; false: as before. */
	limit(on: boolean): void;
	/** Whether the server still counts the agent as signed in. */
	signedInThere(): boolean;
	/** Every switch of the simulator with every value that makes sense. */
	variations(): readonly Variation[];
	/** Names of all switches. */
	switches(): readonly string[];
	close(): Promise<void>;
}

/** Starts a world; everything in it is new. */
export interface WorldMaker {
	readonly system: SystemId;
	start(): Promise<ContractWorld>;
}

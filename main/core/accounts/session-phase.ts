import type { AppError } from "../../../shared/errors.ts";
import type { Connection, ConnectionState, EpochMs } from "../../../shared/model.ts";
import type { ProviderEvent, ProviderSession } from "../ports/provider.ts";

/** What the session says of its way to the server. */
export type Channel = Omit<Extract<ProviderEvent, { type: "connection" }>, "type">;

/** Where an account is; the diagram stands at `AccountConnection`, the only one to change it. */
export type Phase =
	| { readonly kind: "signedOut" }
	| { readonly kind: "readingSecret" }
	| { readonly kind: "connecting" }
	| { readonly kind: "open"; readonly session: ProviderSession; readonly channel: Channel }
	| {
			readonly kind: "waiting";
			readonly until: EpochMs | null;
			readonly cancel: () => void;
			readonly problem: AppError;
	  }
	| { readonly kind: "needsSignIn"; readonly problem: AppError };

/** Trying the same secret again would be refused again, and might lock the account. */
const terminal: ReadonlySet<string> = new Set([
	"auth.wrongPassword",
	"auth.passwordChangeRequired",
	"auth.tokenRefused",
	"auth.accessDenied",
	"auth.secretMissing",
	"auth.sessionExpired",
	"auth.codeNeeded",
	"auth.codeWrong",
	"auth.browserNeeded",
	"auth.notThisSystem",
	"auth.userNeeded",
	"account.keyTooWide",
]);

/** Only the person can help. */
export function needsPerson(problem: AppError): boolean {
	return terminal.has(problem.code);
}

/** The word for it. `lost`: it was online in this run, and the network is there. */
export function stateShown(phase: Phase, lost: boolean): ConnectionState {
	switch (phase.kind) {
		case "signedOut":
		case "needsSignIn":
		case "connecting":
			return phase.kind;
		case "readingSecret":
			return "connecting";
		case "open":
			return phase.channel.state;
		case "waiting":
			return lost ? "reconnecting" : "offline";
	}
}

/** What the phase itself knows of the connection. */
export function phaseFacts(phase: Phase): Pick<Connection, "nextAttempt" | "problem"> {
	switch (phase.kind) {
		case "waiting":
			return { nextAttempt: phase.until, problem: phase.problem };
		case "needsSignIn":
			return { nextAttempt: null, problem: phase.problem };
		case "open":
			return { nextAttempt: phase.channel.nextAttempt, problem: phase.channel.problem };
		case "signedOut":
		case "readingSecret":
		case "connecting":
			return { nextAttempt: null, problem: null };
	}
}

import type { Result } from "../../shared/errors.ts";
import type { Payloads } from "../../shared/ipc/contract.ts";
import type { CommandName } from "../../shared/ipc/names.ts";

/** How the app without a window is started: one JSON text as its first argument. */
export interface HeadlessConfig {
	/** The profile: database, accounts, settings, workstation. */
	readonly folder: string;
	/** What the keychain has for every account. */
	readonly secret: string;
	/** Passes for this system. */
	readonly reference: {
		readonly system: "netsapiens";
		readonly history: boolean;
		readonly idempotentSend: boolean;
		readonly pollMs: number | null;
	};
	/** Every change is written to standard output. */
	readonly changes: boolean;
	/** Logs are written to standard error. */
	readonly log: boolean;
}

/** A line of its standard input. */
export type HeadlessRequest =
	| { readonly id: number; readonly command: CommandName; readonly input: unknown }
	| { readonly id: number; readonly control: "stop"; readonly deadlineMs: number }
	| { readonly id: number; readonly control: "resume" | "suspend" | "online" | "focus" | "blur" };

/** A line of its standard output. */
export type HeadlessLine =
	/** The first: it can be asked from now on. `ms`: since the process began. */
	| { readonly event: "started"; readonly ms: number }
	| { readonly event: "changes"; readonly payload: Payloads["changes"] }
	| { readonly id: number; readonly result: Result<unknown> };

/** Name of the database in the profile. */
export const databaseFile = "messages.db";

import type { AppError } from "../../../../shared/errors.ts";
import type { SyncStore } from "./sync-store.ts";

/** What the worker is started with. */
export interface WorkerOptions {
	/** Of the database file, or ":memory:". */
	readonly path: string;
	readonly temporaryFolder: string;
}

/** To the worker. Every one is answered once, with its number. */
export interface WorkerCall {
	readonly number: number;
	readonly name: "open" | keyof SyncStore;
	readonly args: readonly unknown[];
}

/** From the worker. */
export type WorkerReport =
	| { readonly kind: "value"; readonly number: number; readonly value: unknown }
	| { readonly kind: "failure"; readonly number: number; readonly error: AppError }
	| {
			readonly kind: "log";
			readonly event: string;
			readonly fields: Readonly<Record<string, string | number | boolean>>;
	  };

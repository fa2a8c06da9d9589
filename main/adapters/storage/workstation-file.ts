import { join } from "node:path";
import * as v from "valibot";
import { appError, AppFailure } from "../../../shared/errors.ts";
import type { AccountId, LineId } from "../../../shared/ids.ts";
import type { Clock, Logger } from "../../core/ports/runtime.ts";
import type { WorkstationStore } from "../../core/ports/stores.ts";
import { checkObject, JsonFile, type JsonFileSystem } from "./atomic-json.ts";

const entrySchema = v.looseObject({
	line: v.fallback(v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(200))), null),
	startedHere: v.fallback(v.boolean(), false),
});
type Entry = v.InferOutput<typeof entrySchema>;

export interface WorkstationFileOptions {
	/** The profile folder, which may be shared with other desks. */
	readonly folder: string;
	/** From `workstationId`. */
	readonly workstation: string;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly files?: JsonFileSystem;
}

/**
 * What is true on this desk only. Each desk has a file of its own, `workstations/<id>.json`: two desks that
 * share a profile at the same time never write the same file.
 * A resolved write is on the disk, so `startedHere` survives a crash right after it.
 */
export async function openWorkstationFile(options: WorkstationFileOptions): Promise<WorkstationStore> {
	const { folder, workstation, clock, logger, files } = options;
	const file = new JsonFile({
		path: join(folder, "workstations", `${workstation}.json`),
		clock,
		logger,
		check: checkObject,
		...(files === undefined ? {} : { files }),
	});
	const found = await file.read();
	const kept = "value" in found ? (found.value as Readonly<Record<string, unknown>>) : {};
	const accounts = new Map<string, Entry>();
	const stored = v.safeParse(v.record(v.string(), v.unknown()), kept["accounts"]);
	for (const [id, entry] of Object.entries(stored.success ? stored.output : {})) {
		const parsed = v.safeParse(entrySchema, entry);
		if (parsed.success) accounts.set(id, parsed.output);
	}

	async function change(
		account: AccountId,
		patch: Partial<Pick<Entry, "line" | "startedHere">>,
	): Promise<void> {
		const before = accounts.get(account) ?? { line: null, startedHere: false };
		const after = { ...before, ...patch };
		if (after.line === before.line && after.startedHere === before.startedHere) return;
		if (after.line === null && !after.startedHere) accounts.delete(account);
		else accounts.set(account, after);
		try {
			await file.write({
				...kept,
				version: kept["version"] ?? 1,
				accounts: Object.fromEntries(accounts),
			});
		} catch (cause) {
			logger.error("workstation.unwritable", {
				reason: cause instanceof Error ? cause.message : "unknown",
			});
			throw new AppFailure(appError("settings.unwritable"), { cause });
		}
	}

	return {
		line: (account) => Promise.resolve((accounts.get(account)?.line ?? null) as LineId | null),
		setLine: (account, line) => change(account, { line }),
		startedHere: (account) => Promise.resolve(accounts.get(account)?.startedHere ?? false),
		setStartedHere: (account, started) => change(account, { startedHere: started }),
	};
}

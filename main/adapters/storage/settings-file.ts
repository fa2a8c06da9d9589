import { join } from "node:path";
import * as v from "valibot";
import { appError, AppFailure } from "../../../shared/errors.ts";
import {
	defaultSettings,
	type Settings,
	settingsEntries,
	settingsPatchSchema,
	settingsVersion,
	type SettingsPatch,
} from "../../../shared/settings.ts";
import type { Clock, Logger } from "../../core/ports/runtime.ts";
import type { SettingsStore } from "../../core/ports/stores.ts";
import { checkObject, JsonFile, type JsonFileSystem } from "./atomic-json.ts";

type Raw = Readonly<Record<string, unknown>>;

/** From version N to N + 1, at index N: takes and returns the whole file. */
export type SettingsMigrations = Readonly<Record<number, (raw: Raw) => Raw>>;

export interface SettingsFileOptions {
	/** The profile folder; the file is `settings.json`. */
	readonly folder: string;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly files?: JsonFileSystem;
	readonly migrations?: SettingsMigrations;
}

/** The settings store, and what became of the file when it was read. */
export interface SettingsFile extends SettingsStore {
	/** "restored": the last good copy is in use; "broken": nothing could be read, defaults are in use. */
	readonly opened: "read" | "missing" | "restored" | "broken";
}

/**
 * Reads the settings. Never rejects: a wrong value falls back to its default by itself, keys of a newer
 * version are kept and written back, and a file of a newer version keeps its version number.
 */
export async function openSettingsFile(options: SettingsFileOptions): Promise<SettingsFile> {
	const { folder, clock, logger, files, migrations = {} } = options;
	const file = new JsonFile({
		path: join(folder, "settings.json"),
		clock,
		logger,
		check: checkObject,
		...(files === undefined ? {} : { files }),
	});
	const found = await file.read();
	let raw = "value" in found ? renamed(migrate(found.value as Raw, migrations, logger)) : {};
	let settings = parseSettings(raw, logger);
	const listeners = new Set<(settings: Settings) => void>();

	return {
		opened: found.kind,
		get: () => settings,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		async patch(patch: SettingsPatch) {
			const parsed = v.safeParse(settingsPatchSchema, patch);
			if (!parsed.success) throw new AppFailure(appError("input.invalid"));
			// `undefined` would delete the key; exactOptionalPropertyTypes forbids it, JSON does not know it.
			const changes = Object.fromEntries(
				Object.entries(parsed.output).filter(([, value]) => value !== undefined),
			);
			settings = { ...settings, ...changes };
			raw = { ...raw, version: newerOf(raw), ...settings };
			const now = settings;
			for (const listener of [...listeners]) listener(now);
			try {
				await file.write(raw);
			} catch (cause) {
				logger.error("settings.unwritable", {
					reason: cause instanceof Error ? cause.message : "unknown",
				});
				throw new AppFailure(appError("settings.unwritable"), { cause });
			}
			return now;
		},
	};
}

function versionOf(raw: Raw): number {
	const version = raw["version"];
	return typeof version === "number" && Number.isInteger(version) && version >= 1 ? version : 1;
}

function newerOf(raw: Raw): number {
	return Math.max(versionOf(raw), settingsVersion);
}

function migrate(raw: Raw, migrations: SettingsMigrations, logger: Logger): Raw {
	let current = raw;
	for (let version = versionOf(raw); version < settingsVersion; version++) {
		const step = migrations[version];
		if (step === undefined) continue;
		try {
			current = step(current);
		} catch {
			// The per-key fallback takes care of what was not brought along.
			logger.error("settings.migrationFailed", { revision: version });
		}
	}
	return current;
}

/** Keys under the names that earlier versions gave them: an old name is read once and never written again. */
const earlierNames: Readonly<Record<string, keyof Settings>> = { genesysSoftLimit: "softLimit" };

function renamed(raw: Raw): Raw {
	const left = Object.entries(raw).filter(([key]) => !Object.hasOwn(earlierNames, key));
	const brought = Object.entries(earlierNames).flatMap(([old, name]) =>
		Object.hasOwn(raw, old) ? [[name, raw[old]] as const] : [],
	);
	return { ...Object.fromEntries(brought), ...Object.fromEntries(left) };
}

const schemaOf = (key: keyof Settings): v.GenericSchema => settingsEntries[key];

function parseSettings(raw: Raw, logger: Logger): Settings {
	const read: Record<string, unknown> = { ...defaultSettings };
	for (const key of Object.keys(settingsEntries) as (keyof Settings)[]) {
		if (!Object.hasOwn(raw, key)) continue;
		const value = key === "templates" ? soundTemplates(raw[key], logger) : raw[key];
		const parsed = v.safeParse(schemaOf(key), value);
		if (parsed.success) read[key] = parsed.output;
		else logger.warn("settings.valueRefused", { key });
	}
	return read as Settings;
}

/** One wrong template costs itself only; so does a second one with the same id. */
function soundTemplates(value: unknown, logger: Logger): unknown {
	if (!Array.isArray(value)) return value;
	const sound = new Map<string, Settings["templates"][number]>();
	for (const one of value as readonly unknown[]) {
		const parsed = v.safeParse(settingsEntries.templates.item, one);
		if (parsed.success && !sound.has(parsed.output.id)) sound.set(parsed.output.id, parsed.output);
	}
	const kept = [...sound.values()].slice(0, mostTemplates);
	if (kept.length < value.length) logger.warn("settings.valueRefused", { key: "templates" });
	return kept;
}

const mostTemplates = 200;

import {
	closeSync,
	fchmodSync,
	fstatSync,
	mkdirSync,
	openSync,
	renameSync,
	rmSync,
	writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Clock, LogFields, Logger } from "../../core/ports/runtime.ts";
import { redactFields, redactText } from "./redact.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
	/** Where `trunkline.log` and its predecessors `trunkline.1.log`… lie; made if missing. */
	readonly folder: string;
	readonly clock: Clock;
	/** The lowest level that is written. */
	readonly level?: LogLevel;
	/** A file is put aside before it would grow beyond this. */
	readonly maximumBytes?: number;
	/** How many files are kept beside the current one. */
	readonly keep?: number;
	/** Sees every line as well, already redacted (a terminal, in development). */
	readonly echo?: (line: string) => void;
}

/** A logger with a file behind it. */
export interface FileLogger extends Logger {
	/** Writes what is still in memory now; for the last moment of the process. */
	flush(): void;
	/** Flushes and closes; later lines are dropped. */
	close(): void;
}

/** Lines wait at most this long in memory; warnings and errors are written at once. */
const flushAfterMs = 500;
/** More than this waiting is written at once. */
const flushAboveBytes = 64 * 1024;

/**
 * One JSON object a line: `time`, `level`, `event`, then the fields, redacted. Appending a few hundred bytes
 * twice a second is cheap enough for the main thread, and a line that was logged before a crash is there.
 * A disk that refuses is no reason to stop: lines are dropped and counted, and the count is logged later.
 */
export function createFileLogger(options: LoggerOptions): FileLogger {
	const { folder, clock, echo, maximumBytes = 2 * 1024 * 1024, keep = 3 } = options;
	const threshold = logLevels.indexOf(options.level ?? "info");
	let waiting = "";
	let cancelFlush: (() => void) | undefined;
	let file: { descriptor: number; bytes: number } | undefined;
	let dropped = 0;
	let closed = false;

	const path = (number: number): string =>
		join(folder, number === 0 ? "trunkline.log" : `trunkline.${String(number)}.log`);

	function open(): { descriptor: number; bytes: number } {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		const descriptor = openSync(path(0), "a", 0o600);
		// A file of an older version, or copied from elsewhere, may be readable by others.
		if (process.platform !== "win32") fchmodSync(descriptor, 0o600);
		return { descriptor, bytes: fstatSync(descriptor).size };
	}

	function rotate(): void {
		if (file !== undefined) closeSync(file.descriptor);
		file = undefined;
		rmSync(path(keep), { force: true });
		for (let number = keep - 1; number >= 0; number--) {
			try {
				renameSync(path(number), path(number + 1));
			} catch {
				// Not there yet, or held open by someone reading it: that one is simply overwritten later.
			}
		}
	}

	function flush(): void {
		cancelFlush?.();
		cancelFlush = undefined;
		if (waiting === "") return;
		const text =
			dropped === 0 ? waiting : `${waiting}${line("warn", "log.linesDropped", { count: dropped })}`;
		const lines = waiting.split("\n").length - 1;
		waiting = "";
		try {
			const bytes = Buffer.from(text);
			file ??= open();
			if (file.bytes > 0 && file.bytes + bytes.length > maximumBytes) {
				rotate();
				file = open();
			}
			writeSync(file.descriptor, bytes);
			file.bytes += bytes.length;
			dropped = 0;
		} catch {
			dropped += lines;
			try {
				if (file !== undefined) closeSync(file.descriptor);
			} catch {
				// Closed already, or its disk is gone: a new one is opened at the next flush either way.
			}
			file = undefined;
		}
	}

	function line(level: LogLevel, event: string, fields: LogFields): string {
		const time = new Date(clock.now()).toISOString();
		return `${JSON.stringify({ time, level, event: redactText(event), ...reserved(redactFields(fields)) })}\n`;
	}

	function write(level: LogLevel, event: string, fields: LogFields): void {
		if (closed || logLevels.indexOf(level) < threshold) return;
		const text = line(level, event, fields);
		echo?.(text.trimEnd());
		waiting += text;
		if (level === "warn" || level === "error" || waiting.length > flushAboveBytes) flush();
		else cancelFlush ??= clock.after(flushAfterMs, flush);
	}

	function bound(fixed: LogFields): Logger {
		return {
			debug: (event, fields) => write("debug", event, { ...fixed, ...fields }),
			info: (event, fields) => write("info", event, { ...fixed, ...fields }),
			warn: (event, fields) => write("warn", event, { ...fixed, ...fields }),
			error: (event, fields) => write("error", event, { ...fixed, ...fields }),
			child: (fields) => bound({ ...fixed, ...fields }),
		};
	}

	return {
		...bound({}),
		flush,
		close() {
			flush();
			closed = true;
			if (file !== undefined) closeSync(file.descriptor);
			file = undefined;
		},
	};
}

/** A field may not replace what every line has. */
function reserved(fields: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields).map(([key, value]) => [
			key === "time" || key === "level" || key === "event" ? `${key}_` : key,
			value,
		]),
	);
}

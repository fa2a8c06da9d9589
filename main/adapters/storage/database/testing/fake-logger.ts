import type { LogFields, Logger } from "../../../../core/ports/runtime.ts";

/** A logger that keeps what it is told; `events` are the names. */
export function fakeLogger(): Logger & {
	readonly lines: { event: string; fields: LogFields | undefined }[];
} {
	const lines: { event: string; fields: LogFields | undefined }[] = [];
	const take = (event: string, fields?: LogFields): void => void lines.push({ event, fields });
	const logger = { lines, debug: take, info: take, warn: take, error: take, child: () => logger };
	return logger;
}

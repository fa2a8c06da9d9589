import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { actInstead, type Faults, spoilReply } from "./faults.ts";
import type { Journal, JournalRequest } from "./journal.ts";
import type { JsonValue } from "./json.ts";
import { readBody, type RequestBody } from "./request-body.ts";

/** One request as a simulated system sees it. */
export interface WebRequest {
	readonly method: string;
	readonly url: URL;
	readonly headers: IncomingMessage["headers"];
	readonly body: RequestBody;
	/** Its line in the journal; `update` it with the user once that is known. */
	readonly entry: JournalRequest;
}

/** What a simulated system answers. */
export interface WebReply {
	readonly status: number;
	/** Reason phrase of HTTP/1.1; default the usual one. */
	readonly reason?: string;
	readonly headers?: Readonly<Record<string, string | readonly string[]>>;
	/** Absent: no body at all. */
	readonly body?: string | Buffer;
}

export interface WebFrontParts {
	readonly journal: Journal;
	readonly faults: Faults;
	/** May take its time; what it throws is a fault of the simulator (500). */
	readonly handle: (request: WebRequest) => WebReply | Promise<WebReply>;
	/** Largest request body, bytes; default 1 MiB. */
	readonly mostBytes?: number;
	/** Query parameters whose values are kept out of the journal. */
	readonly secretParameters?: readonly string[];
}

/** The web server in front of a simulated system: journal, faults, then the system itself. */
export function webFront(parts: WebFrontParts): RequestListener {
	return (request, response) => {
		void handle(parts, request, response);
	};
}

async function handle(
	{ journal, faults, handle: answer, mostBytes, secretParameters = [] }: WebFrontParts,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const url = URL.parse(request.url ?? "/", "http://localhost");
	if (url === null) {
		response.writeHead(400).end();
		return;
	}
	const entry = journal.request({
		method: request.method ?? "GET",
		path: url.pathname,
		query: withoutSecrets(url, secretParameters),
		credentials: credentialsOf(request),
		csrfHeader: false,
	});
	response.once("finish", () => {
		if (entry.outcome === "pending")
			journal.update(entry, { status: response.statusCode, outcome: "answered" });
	});
	response.once("close", () => {
		if (entry.outcome === "pending") journal.update(entry, { outcome: "reset" });
	});
	const body = await readBody(request, mostBytes);
	if (body === null) return;
	if (body.kind === "json") journal.update(entry, { body: body.value as JsonValue });

	const fault = faults.take(entry);
	if (fault !== null) {
		if (fault.action === "hang" || fault.action === "hangAfter")
			journal.update(entry, { outcome: "hung" });
		if (fault.action === "resetAfter") journal.update(entry, { outcome: "reset" });
		if (actInstead(fault, response)) return;
		if (fault.action === "delay") await realTime(fault.ms);
		spoilReply(fault, response);
	}
	try {
		write(response, await answer({ method: entry.method, url, headers: request.headers, body, entry }));
	} catch {
		write(response, { status: 500, body: "Internal error of the simulator" });
	}
}

function withoutSecrets(url: URL, names: readonly string[]): string {
	if (!names.some((name) => url.searchParams.has(name))) return url.search;
	const copy = new URLSearchParams(url.searchParams);
	for (const name of names) if (copy.has(name)) copy.set(name, "(removed)");
	return `?${copy.toString()}`;
}

function write(response: ServerResponse, { status, reason, headers = {}, body }: WebReply): void {
	if (response.headersSent || response.destroyed) return;
	response.statusCode = status;
	if (reason !== undefined) response.statusMessage = reason;
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
	if (body === undefined) response.end();
	else response.end(body);
}

/** A JSON answer. */
export function jsonReply(
	status: number,
	value: unknown,
	headers: Readonly<Record<string, string | readonly string[]>> = {},
): WebReply {
	return {
		status,
		headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
		body: JSON.stringify(value),
	};
}

function credentialsOf({ headers }: IncomingMessage): JournalRequest["credentials"] {
	if (headers.authorization?.startsWith("Bearer ") === true) return "bearer";
	if (headers.authorization !== undefined) return "basic";
	return headers.cookie === undefined ? "none" : "cookie";
}

/** Delays on the wire are real even where the simulator's clock is not. */
function realTime(milliseconds: number): Promise<void> {
	return new Promise((resolve) => {
		setTimeout(resolve, milliseconds);
	});
}

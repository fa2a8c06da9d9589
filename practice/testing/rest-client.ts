import { type IncomingMessage, request } from "node:http";
import type { JsonObject } from "../server/json.ts";

/** What came back, as a bare client sees it. */
export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
	/** The parsed body, `{}` when it is not a JSON object. */
	readonly body: JsonObject;
}

/** A client with nothing but HTTP and a cookie jar, so that tests see the wire. */
export class RestClient {
	readonly origin: string;
	readonly cookies = new Map<string, string>();
	/** Sent with every request; the CSRF header goes here. */
	readonly headers: Record<string, string> = {};

	constructor(origin: string) {
		this.origin = origin;
	}

	/** `GET /me` with Basic. */
	signIn(userName: string, password: string, query = ""): Promise<Answer> {
		return this.request("GET", `/api/v2/me${query}`, undefined, {
			authorization: basic(userName, password),
		});
	}

	get(path: string): Promise<Answer> {
		return this.request("GET", `/api/v2${path}`);
	}

	post(path: string, body: unknown): Promise<Answer> {
		return this.request("POST", `/api/v2${path}`, JSON.stringify(body));
	}

	async request(
		method: string,
		path: string,
		body?: string,
		headers: Record<string, string> = {},
		signal?: AbortSignal,
	): Promise<Answer> {
		const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
		const response = await new Promise<IncomingMessage>((resolve, reject) => {
			const outgoing = request(
				`${this.origin}${path}`,
				{
					method,
					// A connection of its own: what a pool remembers of a restart must not decide a test.
					agent: false,
					headers: {
						"content-type": "application/json; charset=UTF-8",
						...(cookie === "" ? {} : { cookie }),
						...this.headers,
						...headers,
					},
					...(signal === undefined ? {} : { signal }),
				},
				resolve,
			);
			outgoing.on("error", reject);
			outgoing.end(body);
		});
		for (const line of response.headers["set-cookie"] ?? []) {
			const [pair = ""] = line.split(";");
			const equals = pair.indexOf("=");
			this.cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
		}
		const text = await wholeText(response);
		const received = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
		return {
			status: response.statusCode ?? 0,
			headers: new Headers(Object.fromEntries(received) as Record<string, string>),
			text,
			body: parsed(text),
		};
	}
}

export function basic(userName: string, password: string, encoding: BufferEncoding = "utf8"): string {
	return `Basic ${Buffer.from(`${userName}:${password}`, encoding).toString("base64")}`;
}

/** Rejects when the connection breaks before the end. */
async function wholeText(response: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): JsonObject {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null && !Array.isArray(value)
			? (value as JsonObject)
			: {};
	} catch {
		return {};
	}
}

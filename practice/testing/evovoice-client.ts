import { type IncomingMessage, request } from "node:http";
import type { JsonObject } from "../server/json.ts";

/** What came back, as a bare client sees it. */
export interface EvovoiceAnswer {
	readonly status: number;
	readonly reason: string;
	readonly headers: Headers;
	readonly setCookies: readonly string[];
	readonly bytes: Buffer;
	readonly text: string;
	/** The parsed body, `{}` when it is not a JSON object. */
	readonly body: JsonObject;
	/** `items` of a list. */
	readonly items: readonly JsonObject[];
}

/** HTTP and a cookie jar without opinions, so that tests see the wire. Redirects are not followed. */
export class EvovoiceClient {
	readonly origin: string;
	readonly cookies = new Map<string, string>();
	/** Sent with every request. */
	readonly headers: Record<string, string> = { accept: "application/json", "user-agent": "practice-test" };

	constructor(origin: string) {
		this.origin = origin;
	}

	signIn(userName = "agent@example.com", password = "secret", rememberMe = true): Promise<EvovoiceAnswer> {
		return this.post("/auth/credentials", { provider: "credentials", userName, password, rememberMe });
	}

	get(path: string, headers: Record<string, string> = {}): Promise<EvovoiceAnswer> {
		return this.request("GET", path, undefined, headers);
	}

	post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<EvovoiceAnswer> {
		return this.request("POST", path, JSON.stringify(body), headers);
	}

	/** Posts a body that is XML and asks for XML. */
	postXml(path: string, body: string): Promise<EvovoiceAnswer> {
		const xml = "application/xml";
		return this.request("POST", path, body, { "content-type": xml, accept: xml });
	}

	async request(
		method: string,
		path: string,
		body?: string,
		headers: Record<string, string> = {},
	): Promise<EvovoiceAnswer> {
		const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
		const response = await new Promise<IncomingMessage>((resolve, reject) => {
			const outgoing = request(
				`${this.origin}${path}`,
				{
					method,
					agent: false,
					headers: {
						...(body === undefined
							? {}
							: {
									"content-type": "application/json",
									"content-length": String(Buffer.byteLength(body)),
								}),
						...(cookie === "" ? {} : { cookie }),
						...this.headers,
						...headers,
					},
				},
				resolve,
			);
			outgoing.on("error", reject);
			outgoing.end(body);
		});
		const setCookies = response.headers["set-cookie"] ?? [];
		for (const line of setCookies) this.#keep(line);
		const chunks: Buffer[] = [];
		for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
		const bytes = Buffer.concat(chunks);
		const text = bytes.toString("utf8");
		const parsed = parse(text);
		return {
			status: response.statusCode ?? 0,
			reason: response.statusMessage ?? "",
			headers: new Headers(
				Object.entries(response.headers).map(([name, value]): [string, string] => [
					name,
					String(value),
				]),
			),
			setCookies,
			bytes,
			text,
			body: parsed,
			items: (parsed["items"] ?? []) as readonly JsonObject[],
		};
	}

	#keep(line: string): void {
		const [pair = ""] = line.split(";");
		const equals = pair.indexOf("=");
		const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
		if (value === "") this.cookies.delete(name);
		else this.cookies.set(name, value);
	}
}

function parse(text: string): JsonObject {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null && !Array.isArray(value)
			? (value as JsonObject)
			: {};
	} catch {
		return {};
	}
}

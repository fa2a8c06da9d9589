import { isJsonObject, type JsonObject, textField } from "../server/json.ts";
import type { TextusSimulator } from "../textus/simulator.ts";
import { type Answer, RestClient } from "./rest-client.ts";

const type = "application/vnd.textus+jsonld";

/** A client of TextUs with nothing but a token, so that tests see the wire. */
export class TextusClient {
	token: string;
	/** Replace or add headers of every request. */
	readonly headers: Record<string, string> = {};
	readonly #rest: RestClient;

	constructor(simulator: Pick<TextusSimulator, "origin">, token = "ann-token") {
		this.#rest = new RestClient(simulator.origin);
		this.token = token;
	}

	get(path: string): Promise<Answer> {
		return this.request("GET", path);
	}

	put(path: string, body?: unknown): Promise<Answer> {
		return this.request("PUT", path, body);
	}

	delete(path: string, body?: unknown): Promise<Answer> {
		return this.request("DELETE", path, body);
	}

	post(path: string, body?: unknown): Promise<Answer> {
		return this.request("POST", path, body);
	}

	request(method: string, path: string, body?: unknown): Promise<Answer> {
		const text = body === undefined ? undefined : JSON.stringify(body);
		return this.#rest.request(method, path, text, {
			accept: type,
			"content-type": type,
			authorization: `Bearer ${this.token}`,
			// Node sends the body of a DELETE without a length of its own accord.
			...(text === undefined ? {} : { "content-length": String(Buffer.byteLength(text)) }),
			...this.headers,
		});
	}

	/** `POST /my_account/messages` to one number. */
	send(to: string | readonly string[], body: string, more: JsonObject = {}): Promise<Answer> {
		return this.post("/my_account/messages", { to, body, ...more });
	}

	/** The newest conversation with a number. */
	async conversation(number: string, account = "my_account"): Promise<JsonObject> {
		return (await this.get(`/${account}/conversations/${encodeURIComponent(number)}`)).body;
	}

	/** The members of the first page of the timeline with a number. */
	async timeline(number: string, account = "my_account"): Promise<JsonObject[]> {
		const conversation = await this.conversation(number, account);
		return membersOf((await this.get(linkOf(conversation, "timeline"))).body);
	}

	/** Members of a collection at a path. */
	async members(path: string): Promise<JsonObject[]> {
		return membersOf((await this.get(path)).body);
	}
}

/** `members` of a collection. */
export function membersOf(collection: JsonObject): JsonObject[] {
	return (collection["members"] ?? []) as unknown as JsonObject[];
}

/** The link under a key, or under keys one in the other; empty when it is null or absent. */
export function linkOf(resource: JsonObject | undefined, ...keys: string[]): string {
	const [last = "", ...outer] = keys.toReversed();
	let holder: unknown = resource;
	for (const key of outer.toReversed()) holder = isJsonObject(holder) ? holder[key] : undefined;
	return isJsonObject(holder) ? (textField(holder, last) ?? "") : "";
}

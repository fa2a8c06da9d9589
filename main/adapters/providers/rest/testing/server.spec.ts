import { type IncomingHttpHeaders, createServer } from "node:http";
import { listen } from "../../../../../tests/servers/listen.ts";
import { VirtualClock } from "../../../../../tests/servers/virtual-clock.ts";
import { createHttpClient } from "../../../net/http-client.ts";
import { createTrustStore } from "../../../net/trust-store.ts";
import { RestFailure } from "../rest-failure.ts";
import type { Authorizer } from "../authorizer.ts";
import { RestClient, type RestClientOptions } from "../rest-client.ts";

export interface Seen {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

export interface Answer {
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	/** An object goes out as JSON. */
	readonly body?: unknown;
	/** Cuts the connection in place of an answer. */
	readonly cut?: true;
}

export type Respond = (seen: Seen, index: number) => Answer | Promise<Answer>;

/** A token that is renewed by counting; tests say what renewing comes to. */
export class TestAuthorizer implements Authorizer {
	generation = 1;
	renewals = 0;
	renewing: () => Promise<void> = () => Promise.resolve();

	headers(): Readonly<Record<string, string>> {
		return { authorization: `Bearer ${String(this.generation)}` };
	}

	async renew(seen: number): Promise<void> {
		this.renewals += 1;
		await this.renewing();
		this.generation = seen + 1;
	}
}

/** A real server on loopback, and a client of it on virtual time. */
export async function restBench(respond: Respond, options: Partial<RestClientOptions> = {}) {
	const clock = new VirtualClock();
	const seen: Seen[] = [];
	const arrivals = new Set<() => void>();
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			const { method = "", url = "", headers } = request;
			const one = { method, url, headers, body: Buffer.concat(chunks).toString("utf8") };
			seen.push(one);
			for (const arrival of arrivals) arrival();
			void Promise.resolve(respond(one, seen.length - 1)).then((answer) => {
				if (answer.cut === true) {
					request.socket.destroy();
					return;
				}
				const { body = "" } = answer;
				response.writeHead(answer.status ?? 200, answer.headers);
				response.end(typeof body === "string" ? body : JSON.stringify(body));
			});
		});
	});
	const listening = await listen(server);
	const origin = `http://127.0.0.1:${String(listening.port)}`;
	const http = createHttpClient({ origin, clock, trust: createTrustStore(() => []) });
	const authorizer = new TestAuthorizer();
	const rest = new RestClient({
		base: `${origin}/api/v2`,
		http,
		clock,
		random: { next: () => 0.5, uuid: () => "" },
		authorizer,
		...options,
	});
	return {
		rest,
		clock,
		seen,
		authorizer,
		origin,
		/** Resolves once the server has had so many requests. */
		arrived: async (count: number): Promise<void> => {
			while (seen.length < count)
				await new Promise<void>((resolve) => {
					const arrival = (): void => {
						arrivals.delete(arrival);
						resolve();
					};
					arrivals.add(arrival);
				});
		},
		down: () => listening.close(),
		async close() {
			await http.close();
			await listening.close();
		},
	};
}

/** What it rejects with. */
export async function failureOf(work: Promise<unknown>): Promise<RestFailure> {
	const outcome = await work.catch((thrown: unknown) => thrown);
	if (outcome instanceof RestFailure) return outcome;
	throw new Error(`expected a RestFailure, had ${String(outcome)}`, { cause: outcome });
}

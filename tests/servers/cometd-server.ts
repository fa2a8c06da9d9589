import { type ServerResponse, createServer } from "node:http";
import { createRequire } from "node:module";
import type { CometDServer, Options } from "cometd-nodejs-server";
import { type Listening, listen } from "./listen.ts";
import { type BayeuxRequest, RequestJournal, type WireMessage, bodyOf } from "./request-journal.ts";

// CommonJS whose names plain Node does not find by itself.
const { createCometDServer } = createRequire(import.meta.url)(
	"cometd-nodejs-server",
) as typeof import("cometd-nodejs-server");

export interface CometdTestServer extends Listening {
	readonly url: string;
	readonly journal: RequestJournal;
	readonly bayeux: CometDServer;
	/** To every subscriber of a channel. */
	publish(channel: string, data: unknown): void;
	/** Forgets all sessions, as a restarted process does; the port stays. */
	restart(): void;
	/** Answers a request in place of the Bayeux server if it returns true. */
	intercept: ((request: BayeuxRequest, response: ServerResponse) => boolean) | undefined;
}

/** cometd-nodejs-server, the reference server, on a free loopback port. */
export async function startCometdServer(options: Options = {}, port = 0): Promise<CometdTestServer> {
	const journal = new RequestJournal();
	let bayeux = createCometDServer(options);
	let intercept: CometdTestServer["intercept"];
	const server = createServer((request, response) => {
		void bodyOf(request).then((body) => {
			if (body === undefined) return;
			const messages = JSON.parse(body) as WireMessage[];
			const seen: BayeuxRequest = { url: request.url ?? "", headers: request.headers, messages };
			const taken = intercept?.(seen, response) === true;
			if (!taken) bayeux.handle(Object.assign(request, { body: messages }), response);
			journal.add(seen);
		});
	});
	const listening = await listen(server, port);
	return {
		...listening,
		url: `http://localhost:${String(listening.port)}/api/v2/notifications`,
		journal,
		get bayeux() {
			return bayeux;
		},
		get intercept() {
			return intercept;
		},
		set intercept(value) {
			intercept = value;
		},
		publish(channel, data) {
			bayeux.createServerChannel(channel).publish(null, data);
		},
		restart() {
			bayeux.close();
			bayeux = createCometDServer(options);
			listening.cut();
		},
		async close() {
			bayeux.close();
			await listening.close();
		},
	};
}

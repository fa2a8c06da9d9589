/**
 * C1: the bare `cometd` client, printing each message to stdout as `<data.sent> <time of arrival>`, both in
 * nanoseconds of the system's monotonic clock.
 *
 *     node --import ./build/hooks.mjs bench/comparators/c1.ts URL CHANNEL [TOKEN]
 *
 * The reference system says when a message left in the first word of its text.
 */
import { Agent, type ClientRequest, request } from "node:http";
import { CometD } from "cometd";

const [url = "", channel = "", token = ""] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
let cookie = "";

/** The least of XMLHttpRequest that the library's own long-polling transport needs. */
class Xhr {
	static readonly UNSENT = 0;
	readyState = 0;
	status = 0;
	statusText = "";
	responseText = "";
	onload: () => void = () => undefined;
	onerror: () => void = () => undefined;
	onabort: () => void = () => undefined;
	#url = "";
	#request: ClientRequest | undefined;
	readonly #headers: Record<string, string> = {};

	open(_method: string, target: string): void {
		this.#url = target;
		this.readyState = 1;
	}
	setRequestHeader(name: string, value: string): void {
		this.#headers[name] = value;
	}
	send(body: string): void {
		const headers = {
			...this.#headers,
			...(cookie === "" ? {} : { cookie }),
			...(token === "" ? {} : { authorization: `Bearer ${token}` }),
		};
		this.#request = request(this.#url, { method: "POST", agent, headers }, (response) => {
			this.status = response.statusCode ?? 0;
			cookie = response.headers["set-cookie"]?.[0]?.split(";")[0] ?? cookie;
			response.setEncoding("utf8");
			response.on("data", (text: string) => (this.responseText += text));
			response.on("end", () => this.onload());
		});
		this.#request.on("error", () => this.onerror());
		this.#request.end(body);
	}
	abort(): void {
		this.#request?.destroy();
		this.onabort();
	}
}

Object.assign(globalThis, { __cometdHost: { setTimeout, clearTimeout, XMLHttpRequest: Xhr } });
const cometd = new CometD();
cometd.unregisterTransport("callback-polling");
cometd.configure({ url, logLevel: "warn" });
cometd.handshake((reply) => {
	if (reply.successful !== true) process.exit(1);
	cometd.subscribe(
		channel,
		(message) => {
			const { sent, text } = message.data as { sent?: string; text: string };
			process.stdout.write(`${sent ?? text.split(" ")[0] ?? ""} ${String(process.hrtime.bigint())}\n`);
		},
		() => process.stdout.write("ready\n"),
	);
});

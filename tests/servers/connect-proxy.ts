import { createServer, request as forward } from "node:http";
import { connect } from "node:net";
import { type Listening, listen } from "./listen.ts";

export interface ConnectProxy extends Listening {
	/** What was asked of the proxy: `CONNECT host:port` or `GET http://...`. */
	readonly asked: string[];
}

/** A web proxy: tunnels by CONNECT, forwards absolute http URLs. `refuse` is the status it answers everything with. */
export async function startConnectProxy(options: { refuse?: number } = {}): Promise<ConnectProxy> {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		asked.push(`${String(request.method)} ${String(request.url)}`);
		if (options.refuse !== undefined) {
			response.writeHead(options.refuse).end();
			return;
		}
		const onward = forward(
			String(request.url),
			{ method: request.method, headers: request.headers },
			(answer) => {
				response.writeHead(answer.statusCode ?? 502, answer.headers);
				answer.pipe(response);
			},
		);
		onward.on("error", () => response.writeHead(502).end());
		request.pipe(onward);
	});
	server.on("connect", (request, client, head) => {
		asked.push(`CONNECT ${String(request.url)}`);
		if (options.refuse !== undefined) {
			client.end(`HTTP/1.1 ${String(options.refuse)} Refused\r\n\r\n`);
			return;
		}
		const [host = "", port = ""] = String(request.url).split(":");
		const upstream = connect(Number(port), host === "localhost" ? "127.0.0.1" : host, () => {
			client.write("HTTP/1.1 200 Connection established\r\n\r\n");
			upstream.write(head);
			upstream.pipe(client);
			client.pipe(upstream);
		});
		upstream.on("error", () => client.destroy());
		client.on("error", () => upstream.destroy());
		client.on("close", () => upstream.destroy());
	});
	return Object.assign(await listen(server), { asked });
}

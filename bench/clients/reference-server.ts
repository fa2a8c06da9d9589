/** The reference server of the benches in a process of its own; the parent orders over IPC. */
import { systemClock } from "../../main/adapters/electron/system-clock.ts";
import { startReferenceSite } from "../../tests/reference/http-server.ts";
import { seeded } from "../harness.ts";

export type ServerOrder =
	/** `perSecond` messages in all, in turn over `peers` conversations, for so long. */
	| { readonly do: "stream"; readonly peers: number; readonly perSecond: number; readonly forMs: number }
	/** As many at once, in turn over `peers`; `tell` false: only history has them. */
	| { readonly do: "burst"; readonly peers: number; readonly count: number; readonly tell: boolean }
	/** Singly, each `gapsMs` after the one before; the text begins with the time it left, in nanoseconds. */
	| { readonly do: "singles"; readonly count: number; readonly gapsMs: readonly number[] }
	| { readonly do: "away"; readonly away: boolean };

export type ServerNews =
	| { readonly origin: string }
	| { readonly done: ServerOrder["do"]; readonly total: number }
	/** The first page of history is answered; milliseconds since 1970, with fractions. */
	| { readonly firstPage: number }
	/** A send arrived: when, in nanoseconds of the shared monotonic clock. */
	| { readonly sent: string; readonly text: string };

const words =
	"good morning my parcel has not arrived could you have a look please thanks order number today".split(
		" ",
	);
const random = seeded(20_261_123);
const tell = (news: ServerNews): void => void process.send?.(news);
const site = await startReferenceSite({
	clock: systemClock(),
	random,
	switches: {
		sendFault: ({ text }) => {
			tell({ sent: String(process.hrtime.bigint()), text });
			return undefined;
		},
	},
});
const { server } = site;
let paged = false;
const handle = server.handle.bind(server);
server.handle = async (request) => {
	const response = await handle(request);
	if (!paged && request.method === "GET" && request.url.startsWith("/reference/messages?")) {
		paged = true;
		tell({ firstPage: performance.timeOrigin + performance.now() });
	}
	return response;
};

function sentence(number: number): string {
	const length = 4 + Math.floor(random() * 20);
	const said = Array.from({ length }, () => words[Math.floor(random() * words.length)]);
	return `${String(number)} ${said.join(" ")}`;
}

const peerName = (index: number): string => `peer${String(index).padStart(3, "0")}`;

function stream({ peers, perSecond, forMs }: Extract<ServerOrder, { do: "stream" }>): void {
	const begun = performance.now();
	let made = 0;
	const timer = setInterval(() => {
		const passed = Math.min(forMs, performance.now() - begun);
		const due = Math.floor((passed * perSecond) / 1000);
		for (; made < due; made++) server.receive(peerName(made % peers), sentence(made));
		if (passed < forMs) return;
		clearInterval(timer);
		tell({ done: "stream", total: server.ledger.sequence });
	}, 5);
}

function singles({ count, gapsMs }: Extract<ServerOrder, { do: "singles" }>): void {
	const next = (number: number): void => {
		if (number >= count) {
			tell({ done: "singles", total: server.ledger.sequence });
			return;
		}
		server.receive("single", `${String(process.hrtime.bigint())} ${sentence(number)}`);
		setTimeout(() => next(number + 1), gapsMs[number % gapsMs.length]);
	};
	next(0);
}

process.on("message", (order: ServerOrder) => {
	switch (order.do) {
		case "stream":
			stream(order);
			return;
		case "burst":
			for (let made = 0; made < order.count; made++)
				server.receive(peerName(made % order.peers), sentence(made), { tell: order.tell });
			tell({ done: "burst", total: server.ledger.sequence });
			return;
		case "singles":
			singles(order);
			return;
		case "away":
			if (order.away) paged = false;
			void (order.away ? site.down() : site.up()).then(() =>
				tell({ done: "away", total: server.ledger.sequence }),
			);
	}
});
process.on("disconnect", () => process.exit(0));
tell({ origin: site.origin });

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { asClientMessageId } from "../../../../shared/ids.ts";
import { EchoLedger, echoWindowMs } from "./echo.ts";

const id = asClientMessageId;

test("the echo may come before the reply", () => {
	const ledger = new EchoLedger();
	const ticket = ledger.posted(id("a"), "hi");
	expect(ledger.incoming("hi", 0, null)).toEqual({ kind: "echo", clientId: "a" });
	expect(ledger.settled(ticket, 0)).toEqual({ echoed: true, failedLater: false });
	expect(ledger.incoming("hi", 0, null)).toEqual({ kind: "peer" });
});

test("the window is ten seconds from the reply; while the reply is out there is no end", () => {
	const ledger = new EchoLedger();
	const ticket = ledger.posted(id("a"), "hi");
	expect(ledger.waiting(100_000)).toBe(1);
	ledger.settled(ticket, 100_000);
	expect(ledger.waiting(100_000 + echoWindowMs)).toBe(1);
	expect(ledger.incoming("hi", 100_001 + echoWindowMs, null)).toEqual({ kind: "peer" });
	expect(ledger.waiting(100_001 + echoWindowMs)).toBe(0);
});

test("a text that seemed to be the echo of a refused one is given back as the peer's", () => {
	const ledger = new EchoLedger();
	const ticket = ledger.posted(id("a"), "hi");
	ledger.incoming("hi", 0, 42);
	expect(ledger.refused(ticket)).toEqual({ peerText: { text: "hi", at: 42 } });
	expect(ledger.refused(ledger.posted(id("b"), "x"))).toEqual({ peerText: null });
});

test("line ends may change on the way", () => {
	const ledger = new EchoLedger();
	ledger.posted(id("a"), "one\ntwo");
	expect(ledger.incoming("one\r\ntwo", 0, null).kind).toBe("echo");
});

test("an asynchronous error takes the oldest text that is still out", () => {
	const ledger = new EchoLedger();
	const first = ledger.posted(id("a"), "1");
	ledger.posted(id("b"), "2");
	ledger.settled(first, 0);
	expect(ledger.failOldest(1)).toEqual({ clientId: "a", replyOut: false });
	expect(ledger.failOldest(1)).toEqual({ clientId: "b", replyOut: true });
	expect(ledger.failOldest(1)).toBeNull();
});

/** One thing that happens in a session, in an order that a server can bring about. */
type Step =
	| {
			readonly kind: "post";
			readonly text: string;
			readonly end: "ok" | "lost" | "refused";
			readonly echo: "comes" | "missing" | "late";
	  }
	| { readonly kind: "reply" }
	| { readonly kind: "echo" }
	| { readonly kind: "peer"; readonly text: string }
	| { readonly kind: "pass"; readonly ms: number };

const words = fc.constantFrom("ok", "yes", "no");
const step: fc.Arbitrary<Step> = fc.oneof(
	fc.record({
		kind: fc.constant("post" as const),
		text: words,
		end: fc.constantFrom("ok" as const, "ok" as const, "lost" as const, "refused" as const),
		echo: fc.constantFrom("comes" as const, "comes" as const, "missing" as const, "late" as const),
	}),
	fc.constant({ kind: "reply" as const }),
	fc.constant({ kind: "echo" as const }),
	fc.constant({ kind: "echo" as const }),
	fc.record({ kind: fc.constant("peer" as const), text: words }),
	fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 4000 }) }),
);

interface Sent {
	readonly clientId: string;
	readonly text: string;
	readonly ticket: number;
	readonly end: "ok" | "lost" | "refused";
	readonly echo: "comes" | "missing" | "late";
	repliedAt: number | null;
	echoedAt: number | null;
}

/** Plays the steps. Serial sends, as the client makes them; echoes in the order of the sends, as a server sends them. */
function play(steps: readonly Step[]): {
	incoming: string[];
	shown: string[];
	delivered: string[];
	sent: Sent[];
} {
	const ledger = new EchoLedger();
	const sent: Sent[] = [];
	const incoming: string[] = [];
	const shown: string[] = [];
	const delivered: string[] = [];
	let now = 0;
	let open: Sent | null = null;
	let echoes: Sent[] = [];
	const arrive = (text: string): void => {
		incoming.push(text);
		const waiting = sent.some(
			(other) =>
				other.text === text && (other.repliedAt === null || now - other.repliedAt <= echoWindowMs),
		);
		const verdict = ledger.incoming(text, now, null);
		if (verdict.kind === "echo") delivered.push(verdict.clientId);
		else shown.push(text);
		// A text that nobody sent, or not lately, is never taken for an echo.
		if (!waiting) expect(verdict.kind).toBe("peer");
	};
	const reply = (): void => {
		if (open === null) return;
		open.repliedAt = now;
		if (open.end === "refused") {
			const { peerText } = ledger.refused(open.ticket);
			if (peerText !== null) shown.push(peerText.text);
		} else ledger.settled(open.ticket, now);
		open = null;
	};
	for (const each of [...steps, { kind: "reply" } as const]) {
		switch (each.kind) {
			case "post": {
				reply();
				const clientId = `c${String(sent.length)}`;
				open = {
					...each,
					clientId,
					ticket: ledger.posted(id(clientId), each.text),
					repliedAt: null,
					echoedAt: null,
				};
				sent.push(open);
				if (each.end !== "refused" && each.echo !== "missing") echoes.push(open);
				break;
			}
			case "reply":
				reply();
				break;
			case "echo": {
				const next = echoes.find((other) => other.echo === "comes");
				if (next === undefined) break;
				next.echoedAt = now;
				echoes = echoes.filter((other) => other !== next);
				arrive(next.text);
				break;
			}
			case "peer":
				arrive(each.text);
				break;
			case "pass": {
				now += each.ms;
				const late = echoes.filter(
					(other) =>
						other.echo === "late" &&
						other.repliedAt !== null &&
						now - other.repliedAt > echoWindowMs,
				);
				echoes = echoes.filter((other) => !late.includes(other));
				for (const other of late) arrive(other.text);
			}
		}
	}
	return { incoming, shown, delivered, sent };
}

test("over any interleaving every incoming text is shown once or settles one send, never both, never neither", () => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
			const { incoming, shown, delivered, sent } = play(steps);
			const refused = new Set(
				sent.filter((other) => other.end === "refused").map((other) => other.clientId),
			);
			const counting = delivered.filter((clientId) => !refused.has(clientId));
			expect(shown.length + counting.length).toBe(incoming.length);
			// A send is settled at most once.
			expect(new Set(delivered).size).toBe(delivered.length);
			// What settles a send has its text.
			for (const text of new Set(incoming)) {
				const settledWithIt = counting.filter(
					(clientId) => sent.find((other) => other.clientId === clientId)?.text === text,
				);
				expect(shown.filter((other) => other === text).length + settledWithIt.length).toBe(
					incoming.filter((other) => other === text).length,
				);
			}
		}),
		{ numRuns: 2000 },
	);
});

test("where every echo comes in time, exactly what the peer wrote is shown", () => {
	const orderly = step.map((each): Step =>
		each.kind === "post"
			? { ...each, end: each.end === "refused" ? "ok" : each.end, echo: "comes" }
			: each,
	);
	fc.assert(
		fc.property(fc.array(orderly, { maxLength: 60 }), (steps) => {
			// Each echo follows its post before anything else of the own side is sent, at any distance to the peer's texts.
			const timely = steps.flatMap((each): Step[] =>
				each.kind === "post"
					? [{ kind: "echo" }, each]
					: each.kind === "pass"
						? [{ kind: "echo" }, each]
						: [each],
			);
			const { shown } = play([...timely, { kind: "echo" }]);
			const peers = steps.filter((each) => each.kind === "peer").map((each) => each.text);
			expect([...shown].sort()).toEqual([...peers].sort());
		}),
		{ numRuns: 1000 },
	);
});

test("a missing echo never makes the echo of another text appear as the peer's", () => {
	fc.assert(
		fc.property(
			fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 8 }),
			fc.func(fc.boolean()),
			(texts, missing) => {
				const ledger = new EchoLedger();
				const coming: string[] = [];
				for (const [index, text] of texts.entries()) {
					ledger.settled(ledger.posted(id(`c${String(index)}`), text), 0);
					if (!missing(index)) coming.push(text);
				}
				for (const text of coming) expect(ledger.incoming(text, 1, null).kind).toBe("echo");
			},
		),
		{ numRuns: 500 },
	);
});

import { asEntryId } from "../../shared/ids.ts";
import type { Conversation, Entry } from "../../shared/model.ts";
import { FakeBridge } from "./fake-bridge.ts";
import * as sample from "./samples.ts";

/** What an open conversation may look like: gaps, doubts, undoing, far back in its history. */

const { ana, at, delivery, gap, message } = sample;

function open(timeline: readonly Entry[], changes: Partial<Conversation> = {}): FakeBridge {
	const peer = { ...ana, ...changes };
	const bridge = new FakeBridge(
		sample.snapshot({
			conversations: [peer, ...sample.people.slice(1)],
			openConversation: peer.id,
		}),
	);
	bridge.timelines.set(peer.id, timeline);
	return bridge;
}

const phrases = [
	"The tracking page says nothing.",
	"Could you look again? It was promised for this morning, and the neighbour who takes parcels for us is away until Thursday.",
	"Thanks!",
	"It is 77-4021-B",
	"A driver is near and will ring twice.",
];
/** A long exchange over several days. */
function history(count: number): Entry[] {
	return Array.from({ length: count }, (_, index) =>
		message(
			ana,
			phrases[index % phrases.length] ?? "",
			at(9, 0, 3) + index * 11 * 60_000,
			index % 4 === 2 ? "delivered" : null,
		),
	);
}

const foundIn = history(300);

export const threadScenes = {
	threadGaps: {
		bridge: () =>
			open([
				message(ana, "Hi, I got a text that my parcel is held. Is that you?", at(9, 58)),
				message(ana, "Yes, that was us. The label came off in transit.", at(10, 1), "delivered"),
				gap(ana, at(10, 2), at(10, 14)),
				message(ana, "It is 77-4021-B", at(10, 16)),
				gap(ana, at(22, 40, 1), at(10, 31), true),
				message(ana, "I can be home until noon if a driver is near", at(10, 33)),
			]),
	},
	threadUndo: {
		bridge: () =>
			open([
				message(ana, "I can be home until noon if a driver is near", at(10, 33)),
				message(
					ana,
					"Found it. A driver will be with you between 11:15 and 11:45.",
					at(10, 45),
					delivery("queued", { queueReason: "undo", undoUntil: sample.now + 8000 }),
				),
			]),
	},
	threadDoubts: {
		bridge: () =>
			open([
				message(
					ana,
					"Could you tell me the order number?",
					at(10, 31),
					delivery("unknown", { problem: { code: "message.interrupted" } }),
				),
				message(
					ana,
					"Found it.",
					at(10, 36),
					delivery("unknown", { problem: { code: "message.checking" } }),
				),
				message(
					ana,
					"A driver is near.",
					at(10, 40),
					delivery("sending", { since: sample.now - 45_000 }),
				),
				message(ana, "Shall he ring?", at(10, 43), delivery("waiting", { queueReason: "retrying" })),
				message(ana, "He has your number.", at(10, 44), delivery("queued", { queueReason: "order" })),
			]),
		steps: [{ press: "Check again" }],
	},
	threadSignedOut: {
		bridge: () => {
			const bridge = open([
				message(ana, "Is it on its way?", at(10, 33)),
				message(
					ana,
					"Yes, since nine.",
					at(10, 40),
					delivery("waiting", { queueReason: "signedOut" }),
				),
			]);
			const connection = sample.connection({ state: "signedOut" });
			bridge.snapshot = { ...bridge.snapshot, accounts: [sample.account({ connection, queued: 1 })] };
			return bridge;
		},
	},
	threadUnread: {
		bridge: () => {
			const timeline = history(300);
			return open(timeline, { unread: 180, firstUnread: timeline[101]?.id ?? null });
		},
	},
	threadFound: { bridge: () => open(foundIn), steps: [{ see: foundIn[140]?.id ?? asEntryId("") }] },
	threadOlderFailed: {
		bridge: () => {
			const timeline = history(70);
			const bridge = open(timeline, { unread: 60, firstUnread: timeline[11]?.id ?? null });
			bridge.fail("conversations.page", { code: "network.timeout", params: { host: "gws.example" } });
			return bridge;
		},
	},
	manyConversations: {
		bridge: () => {
			const conversations = Array.from({ length: 10_000 }, (_, index) =>
				sample.conversation(`Person ${String(index)}`, `6${String(index)}`, {
					lastActivity: sample.now - index * 60_000,
					unread: index % 7 === 3 ? index % 13 : 0,
					draft: index % 11 === 5 ? "Your order has been" : "",
					preview: {
						kind: index % 3 === 0 ? "out" : "in",
						text: phrases[index % phrases.length] ?? "",
						delivery: index % 3 === 0 ? (index % 9 === 0 ? "unknown" : "delivered") : null,
						at: sample.now - index * 60_000,
					},
				}),
			);
			return new FakeBridge(sample.snapshot({ conversations, openConversation: null }));
		},
	},
} as const;

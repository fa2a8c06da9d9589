import type { Conversation } from "../../shared/model.ts";
import { FakeBridge } from "./fake-bridge.ts";
import * as sample from "./samples.ts";

/** Names and texts that break a window: other directions, no spaces, no end. */

const live: Conversation["live"] = {
	id: null,
	phase: "alerting",
	since: sample.at(10, 40),
	canSend: false,
	actions: ["accept", "reject"],
};
const endless = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

export const salma = sample.conversation("سلمى الأندلسي (الدعم)", "5101", {
	preview: { kind: "in", text: "هل وصلت الشحنة رقم 77-4021-B؟", delivery: null, at: sample.at(10, 43) },
	lastActivity: sample.at(10, 43),
	live,
	peer: {
		address: "5101",
		formatted: "5101",
		name: "سلمى الأندلسي (الدعم)",
		presence: "available",
		presenceLabel: "Ready",
	},
});
const others = [
	sample.conversation("דנה (support)", "5102", {
		preview: { kind: "out", text: "תודה!", delivery: "delivered", at: sample.at(10, 41) },
		lastActivity: sample.at(10, 41),
		unread: 120,
	}),
	sample.conversation(endless, "maria.de.los.angeles.fernandez-villaverde@warehouse.logistics.example", {
		preview: { kind: "out", text: "x".repeat(300), delivery: "failed", at: sample.at(10, 40) },
		lastActivity: sample.at(10, 40),
		unread: 7,
	}),
	sample.conversation("\u202Egnp.exe", "5103", {
		preview: { kind: "in", text: "\u202Etxt.exe and more", delivery: null, at: sample.at(10, 39) },
		lastActivity: sample.at(10, 39),
	}),
];

export function unusualNames(): FakeBridge {
	const bridge = new FakeBridge(
		sample.snapshot({ conversations: [salma, ...others], openConversation: salma.id }),
	);
	bridge.timelines.set(salma.id, [
		sample.message(salma, "هل وصلت الشحنة رقم 77-4021-B؟\nشكرا (من المستودع)!", sample.at(10, 43)),
		sample.message(salma, `${endless}${endless}`, sample.at(10, 43)),
		sample.message(salma, "https://example.com/" + "a".repeat(180), sample.at(10, 44), "delivered"),
		sample.message(
			salma,
			"مرحبا",
			sample.at(10, 44),
			sample.delivery("failed", {
				problem: { code: "peer.unreachable", params: { peer: "سلمى الأندلسي (الدعم)" } },
			}),
		),
	]);
	return bridge;
}

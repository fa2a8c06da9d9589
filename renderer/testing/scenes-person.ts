import { ok } from "../../shared/errors.ts";
import { asLineId, asPersonId } from "../../shared/ids.ts";
import type { ContactCard, Conversation, Entry } from "../../shared/model.ts";
import type { FakeBridge } from "./fake-bridge.ts";
import * as systems from "./samples-systems.ts";
import * as sample from "./samples.ts";
import type { Scene } from "./scene.ts";
import { file, open, withDetails } from "./scenes-messages.ts";

/** One person with several addresses, and what is known of them beside the messages. */

const { at, message } = sample;
const person = asPersonId("maria");

export const maria: Conversation = { ...systems.maria, unread: 0, personId: person };
export const mariaByTextUs: Conversation = systems.customer(systems.textus, "Maria Lopes", "+1 555 0187", {
	personId: person,
	lastActivity: at(10, 20),
	preview: { kind: "in", text: "Can I still come by today?", delivery: null, at: at(10, 20) },
	thread: systems.facts({ line: { id: asLineId("tx1"), label: "+1 555 0177" }, attachments: null }),
});
export const mariaByEvoVoice: Conversation = {
	...systems.ines,
	lastActivity: at(18, 4, 9),
	peer: { ...systems.ines.peer, name: "M. Lopes" },
};

export const mariaTimeline: readonly Entry[] = [
	message(maria, "Hello, is my parcel there?", at(10, 2)),
	message(maria, "It is. You can have it until six.", at(10, 5), "delivered"),
	withDetails(message(maria, "This is the slip:", at(10, 41)), {
		attachments: [file("slip", { name: "slip.jpg" })],
	}),
];
export const textUsTimeline: readonly Entry[] = [
	message(mariaByTextUs, "Interview at four?", at(10, 3), "delivered"),
	message(mariaByTextUs, "Can I still come by today?", at(10, 20)),
	message(mariaByTextUs, "After five is best", at(10, 21)),
];

export const card: ContactCard = {
	contact: {
		id: "c1",
		name: "Paulo Reis",
		address: "+1 555 0166",
		detail: "Reis & Filhos, Lda.",
		presence: "unknown",
		presenceLabel: null,
	},
	facts: [
		{ label: "Mobile", text: "+1 555 0166" },
		{ label: "Candidate number", text: "4021-B" },
		{ label: "Note", text: "Prefers to be called in the afternoon" },
	],
	others: [
		{
			id: "c2",
			name: "Paula Reis",
			address: "+1 555 0166",
			detail: "Billing",
			presence: "unknown",
			presenceLabel: null,
		},
	],
};

/** Maria, linked in two systems; a third conversation may be hers as well. */
export function linked(): FakeBridge {
	const bridge = open(maria, mariaTimeline, [mariaByTextUs, mariaByEvoVoice]);
	bridge.timelines.set(mariaByTextUs.id, textUsTimeline);
	return bridge;
}

export function withCard(): FakeBridge {
	const bridge = open(systems.paulo, [message(systems.paulo, "Is the interview still on?", at(9, 2))]);
	bridge.answer("contacts.card", () => ok(card));
	return bridge;
}

const whole = { check: "Show everything with this person" } as const;

export const personScenes = {
	linkedPerson: { bridge: linked },
	wholePerson: { bridge: linked, steps: [whole] },
	linkDialog: {
		bridge: linked,
		steps: [{ press: "Same person as…" }, { type: "lopes", into: "Find a conversation" }],
	},
	detailsSheet: { bridge: linked, size: [900, 700], steps: [{ press: "Details" }] },
	contactCard: { bridge: withCard },
	contactAssign: { bridge: withCard, steps: [{ press: "Assign Paula Reis" }] },
} as const satisfies Record<string, Scene>;

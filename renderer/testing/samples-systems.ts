import { asAccountId, asAttachmentId, asLineId } from "../../shared/ids.ts";
import type {
	Abilities,
	Account,
	Attachment,
	AttachmentLimits,
	Conversation,
	Line,
	ThreadFacts,
} from "../../shared/model.ts";
import { account, at, conversation, online } from "./samples.ts";

/** Accounts of four systems, with a conversation or two of each. */

export const pictures: AttachmentLimits = {
	mostFiles: 3,
	mostBytes: 600_000,
	types: ["image/jpeg", "image/png", "image/gif", "application/pdf"],
	shrinks: true,
	byAddressOnly: null,
};
/** One file, by its public address alone. */
export const byAddress: AttachmentLimits = {
	mostFiles: 1,
	mostBytes: 525_000,
	types: ["image/jpeg", "image/png", "image/gif"],
	shrinks: false,
	byAddressOnly: { code: "attachment.byAddressOnly" },
};

export const everything: Abilities = {
	savedReplies: true,
	schedule: true,
	folders: true,
	groups: true,
	typedNumbers: true,
	directory: true,
	contactCards: true,
};

export function line(id: string, label: string, changes: Partial<Line> = {}): Line {
	return {
		id: asLineId(id),
		label,
		address: label,
		active: true,
		loggedIn: null,
		canMessage: true,
		medium: "sms",
		recipients: "group",
		attachments: pictures,
		...changes,
	};
}

export const numberOne = line("+15550100", "+1 555 0100");
export const numberTwo = line("+15550111", "+1 555 0111");
export const extension = line("ext", "Extension 101", {
	address: "101",
	medium: "chat",
	recipients: "group",
	attachments: null,
});

export const netsapiens: Account = account({
	id: asAccountId("ns"),
	system: "netsapiens",
	label: "101@porto.example",
	server: "https://api.porto.example",
	userName: "101@porto.example",
	lines: [numberOne, numberTwo, extension],
	lineId: numberOne.id,
	agentStates: [],
	agentState: null,
	softLimit: null,
	connection: { ...online, mode: "poll" },
	can: { ...everything, savedReplies: false, schedule: false, folders: false, contactCards: false },
});
export const evovoice: Account = account({
	id: asAccountId("evo"),
	system: "evovoice",
	label: "ann · evo.example",
	server: "https://evo.example",
	userName: "ann",
	lines: [line("evo1", "+351 21 555 0110", { recipients: "one" })],
	lineId: asLineId("evo1"),
	agentStates: [],
	agentState: null,
	softLimit: null,
	connection: { ...online, mode: "poll" },
	can: {
		...everything,
		savedReplies: false,
		schedule: false,
		folders: false,
		groups: false,
		contactCards: false,
	},
});
export const textus: Account = account({
	id: asAccountId("tx"),
	system: "textus",
	label: "Porto desk · TextUs",
	server: "https://next.textus.example",
	userName: "Ann Lee",
	lines: [line("tx1", "+1 555 0177", { recipients: "separate", attachments: byAddress })],
	lineId: asLineId("tx1"),
	agentStates: [],
	agentState: null,
	softLimit: null,
	connection: { ...online, mode: "poll" },
	can: { ...everything, groups: false },
	folders: [
		{ id: "open", title: "Open", unread: 12 },
		{ id: "mine", title: "Assigned to me", unread: 3 },
		{ id: "scheduled", title: "Scheduled", unread: null },
	],
});

export const fourAccounts: readonly Account[] = [account(), netsapiens, evovoice, textus];

export function facts(changes: Partial<ThreadFacts> = {}): ThreadFacts {
	return {
		medium: "sms",
		line: { id: numberOne.id, label: numberOne.label },
		group: null,
		closed: null,
		starred: null,
		mutedThere: false,
		refusal: null,
		actions: [],
		attachments: pictures,
		notes: [],
		...changes,
	};
}

/** A customer who wrote to a number of this desk. */
export function customer(
	of: Account,
	name: string | null,
	address: string,
	changes: Partial<Conversation> = {},
): Conversation {
	return conversation(name, address, {
		accountId: of.id,
		system: of.system,
		sessionless: true,
		peer: { address, formatted: address, name, presence: "unknown", presenceLabel: null },
		thread: facts(),
		...changes,
	});
}

export const maria = customer(netsapiens, "Maria Lopes", "+1 555 0199", {
	preview: { kind: "in", text: "", delivery: null, at: at(10, 43) },
	lastActivity: at(10, 43),
	unread: 1,
});
export const team = customer(netsapiens, null, "+1 555 0122, +1 555 0133", {
	preview: { kind: "in", text: "Van 3 is back at the depot", delivery: null, at: at(10, 12) },
	lastActivity: at(10, 12),
	thread: facts({
		medium: "groupSms",
		group: {
			title: null,
			members: [
				{ address: "+1 555 0122", name: "Yusuf" },
				{ address: "+1 555 0133", name: null },
			],
			changeable: false,
			separate: false,
		},
	}),
});
export const dispatch = customer(netsapiens, null, "102, 103", {
	preview: { kind: "out", text: "I will ask the depot", delivery: "sent", at: at(9, 50) },
	lastActivity: at(9, 50),
	thread: facts({
		medium: "groupChat",
		line: { id: extension.id, label: extension.label },
		attachments: null,
		group: {
			title: "Dispatch",
			members: [
				{ address: "102", name: "Will Clark" },
				{ address: "103", name: "Nadia Benali" },
			],
			changeable: true,
			separate: false,
		},
	}),
});
export const paulo = customer(textus, "Paulo Reis", "+1 555 0166", {
	preview: { kind: "out", text: "Your interview is on Monday", delivery: "failed", at: at(9, 15) },
	lastActivity: at(9, 15),
	thread: facts({
		line: { id: asLineId("tx1"), label: "+1 555 0177" },
		attachments: byAddress,
		closed: false,
		starred: false,
		actions: ["close", "star", "block"],
	}),
});
export const optedOut = customer(textus, "Gil Prado", "+1 555 0155", {
	preview: { kind: "in", text: "STOP", delivery: null, at: at(8, 5) },
	lastActivity: at(8, 5),
	thread: facts({
		line: { id: asLineId("tx1"), label: "+1 555 0177" },
		attachments: byAddress,
		refusal: { code: "peer.optedOut", params: { peer: "Gil Prado" } },
	}),
});
export const ines = customer(evovoice, null, "+351 912 555 010", {
	preview: { kind: "in", text: "Obrigada! Até amanhã.", delivery: null, at: at(8, 40) },
	lastActivity: at(8, 40),
	thread: facts({ line: { id: asLineId("evo1"), label: "+351 21 555 0110" } }),
});

export const customers: readonly Conversation[] = [maria, team, dispatch, paulo, ines, optedOut];

let number = 0;
export function attachment(changes: Partial<Attachment> = {}): Attachment {
	number += 1;
	return {
		id: asAttachmentId(`file ${String(number)}`),
		type: "image/jpeg",
		name: "label.jpg",
		bytes: 184_000,
		width: 640,
		height: 480,
		state: "here",
		problem: null,
		...changes,
	};
}

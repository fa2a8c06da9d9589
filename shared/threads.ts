import type { Abilities, Medium, ThreadFacts } from "./model.ts";

/** What there is to say of a conversation of two by address alone. */
export function plainThread(medium: Medium): ThreadFacts {
	return {
		medium,
		line: null,
		group: null,
		closed: null,
		starred: null,
		mutedThere: false,
		refusal: null,
		actions: [],
		attachments: null,
		notes: [],
	};
}

/** A system that sends texts to one address at a time, and no more. */
export const textsOnly: Abilities = {
	savedReplies: false,
	schedule: false,
	folders: false,
	groups: false,
	typedNumbers: true,
	directory: false,
	contactCards: false,
};

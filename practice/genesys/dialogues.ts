import { between, pick, type PracticeRandom } from "../random.ts";
import type { Line } from "./colleagues.ts";

/** A conversation that a colleague begins. Each answer fits whatever the agent wrote. */
export interface Dialogue {
	readonly phoneNumber: string;
	readonly opening: readonly string[];
	/** One turn for each text of the agent. */
	readonly turns: readonly (readonly string[])[];
	readonly farewell: readonly string[];
	/** Written once when the agent is silent for long. */
	readonly nudge: string;
}

/** Asked in this order, then from the start again. */
export const dialogues: readonly Dialogue[] = [
	{
		phoneNumber: "6001",
		opening: [
			"Hi! Do you have a minute?",
			"I have a customer on hold who was charged twice for the same order.",
		],
		turns: [
			["Thanks! The order is 48213, both charges are from Tuesday."],
			["Good to know. Would you refund the second one right away, or wait until it is booked?"],
			["Makes sense, I will tell her that. She has been very patient 🙂"],
		],
		farewell: ["That was all. Thank you for the quick help!"],
		nudge: "No hurry, I can call her back if you are busy.",
	},
	{
		phoneNumber: "6003",
		opening: ["Hello, it is Zoë from the second floor.", "Are you taking the early shift on Friday?"],
		turns: [
			[
				"Ah, thanks for telling me.",
				"I ask because Tom wants to swap. He would take your Monday in return.",
			],
			["Perfect, I will let him know. Shall I enter it in the plan?"],
		],
		farewell: ["Done 👍 See you at lunch!"],
		nudge: "Just say yes or no, I will sort out the rest.",
	},
	{
		phoneNumber: "6008",
		opening: [
			"مرحبا! Quick question about the new return form.",
			"Does the customer still need the printed label?",
		],
		turns: [
			[
				"Great, that is what I hoped.",
				"And the form itself: https://intranet.example.invalid/returns?lang=ar is the current one?",
			],
			["شكرًا جزيلاً, I have it open now."],
		],
		farewell: ["All clear, thanks!"],
		nudge: "Whenever you have a moment.",
	},
	{
		phoneNumber: "6016",
		opening: [
			"Hey, I am writing the handover for tonight.",
			"Anything open on your side that I should list?",
		],
		turns: [
			["Noted. Anybody waiting for a call back?"],
			["Okay, I put it on the list:\n- your open points\n- the two tickets from this morning"],
			["I think that covers it."],
		],
		farewell: ["Have a good evening! 🌙"],
		nudge: "If there is nothing, that is fine too.",
	},
	{
		phoneNumber: "6012",
		opening: ["Hi, Siobhán here. The printer on our floor says “PC LOAD LETTER” again…"],
		turns: [
			[
				"I tried that, it only blinks at me 😅",
				"Could you put a note in the team channel, so nobody queues up there?",
			],
			["You are a star ⭐"],
		],
		farewell: ["I am off to find some paper. Bye!"],
		nudge: "It is still blinking, by the way.",
	},
];

/** The pause of somebody who reads and types, milliseconds. */
export function typingTime(random: PracticeRandom, text: string): number {
	return between(random, 900, 1_600) + Math.min(3_000, text.length * 30);
}

/** Turns texts into lines with human pauses. */
export function typed(random: PracticeRandom, texts: readonly string[]): Line[] {
	return texts.map((text) => ({ text, afterMs: typingTime(random, text) }));
}

/** Whether a text takes its leave. */
export function isGoodbye(text: string): boolean {
	return /\b(bye|goodbye|see you|talk later|have a (good|nice) (day|evening|one))\b/i.test(text);
}

/** What a colleague says to an agent who began the conversation. */
export function smallTalk(random: PracticeRandom, text: string, first: boolean): string[] {
	if (isGoodbye(text)) return [pick(random, ["Bye!", "See you!", "Take care 👋"])];
	if (/\b(thanks|thank you|thx|cheers)\b/i.test(text)) {
		return [pick(random, ["Any time!", "You are welcome 🙂", "Glad it helped."])];
	}
	if (text.includes("?")) {
		return [
			pick(random, [
				"Good question, let me look.",
				"One moment, I will check.",
				"Hm, I have to look that up.",
			]),
			pick(random, [
				"As far as I can see, yes.",
				"The list says no, but ask Tom to be sure.",
				"It is in the wiki under “Procedures”, third page.",
				"I think that changed last week. I would go with the new rule.",
			]),
		];
	}
	if (first || /\b(hi|hello|hey|good (morning|afternoon|evening))\b/i.test(text)) {
		return [
			pick(random, [
				"Hi! What can I do for you?",
				"Hello! How can I help?",
				"Hey, good to hear from you.",
			]),
		];
	}
	return [
		pick(random, [
			"Okay, I see.",
			"Got it. Anything else I should know?",
			"Alright, I will take care of it.",
			"Makes sense. I will let the others know.",
			"Noted 👍",
		]),
	];
}

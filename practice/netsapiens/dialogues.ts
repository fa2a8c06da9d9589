import { between, pick, type PracticeRandom } from "../random.ts";
import type { Media } from "./conversations.ts";
import type { Line } from "./people.ts";
import { insuranceCard } from "./picture.ts";

/** One line of a dialogue: a text, or a text with a picture. */
export type Said = string | { readonly text: string; readonly picture: () => Buffer };

/** A customer who texts one of the two numbers. Each answer fits whatever the agent wrote. */
export interface Dialogue {
	/** The customer's number. */
	readonly number: string;
	/** Which of the company's numbers is texted. */
	readonly to: "desk" | "billing";
	readonly opening: readonly Said[];
	/** One turn for each text of the agent. */
	readonly turns: readonly (readonly Said[])[];
	readonly farewell: readonly Said[];
	/** Written once when nobody answers for long. */
	readonly nudge: string;
}

/** Told in this order, then from the start again. */
export const dialogues: readonly Dialogue[] = [
	{
		number: "16195550112",
		to: "desk",
		opening: [
			"Good morning, this is Grace Whitfield.",
			"Can I move my cleaning on Thursday to the afternoon?",
		],
		turns: [
			["Any time after 2 pm works for me."],
			["Great, then I'll take that one. Is it still with Tessa?"],
		],
		farewell: ["Perfect, see you Thursday. Thank you!"],
		nudge: "No rush, I can also call after lunch if that is easier.",
	},
	{
		number: "16195550127",
		to: "billing",
		opening: [
			"Hi, Marcus Bell here. I got a bill for $184.50 but I thought insurance covers the filling?",
		],
		turns: [
			["It's a new plan since June. I can send you the card."],
			[{ text: "Here it is", picture: insuranceCard }],
			["So I just wait for the new statement?"],
		],
		farewell: ["OK good, that is a relief. Have a nice day"],
		nudge: "The statement number is 20937, in case you need it",
	},
	{
		number: "18585550133",
		to: "desk",
		opening: ["Do you take new patients?", "My son (7) chipped a tooth at soccer 😬"],
		turns: [
			["No pain so far, it is one of the front teeth. He is called Theo."],
			["We could be there in half an hour. Where do we park?"],
		],
		farewell: ["Thanks so much, we are on our way 🚗"],
		nudge: "Hello? Sorry to push, he is a bit scared.",
	},
	{
		number: "14425550178",
		to: "desk",
		opening: ["Hola, soy Ana Lucía Torres. ¿Me pueden confirmar la cita del martes?"],
		turns: [
			["Sí, a las 9:15. ¿Tengo que venir en ayunas?"],
			["Muy bien. And could you text me the address in English for the taxi?"],
		],
		farewell: ["¡Muchas gracias! Hasta el martes."],
		nudge: "Es para saber si pido permiso en el trabajo.",
	},
	{
		number: "17605550109",
		to: "billing",
		opening: ["Jun Watanabe – I'd like to pay the rest in three instalments, is that possible?"],
		turns: [["The 1st of each month would be best."], ["1, 2, 3 … done. Do I get a receipt for each?"]],
		farewell: ["Understood, thank you."],
		nudge: "7",
	},
];

/** What the colleagues' group talks about: who says what, one turn for each line of the agent. */
export interface GroupDialogue {
	/** Name of the group chat. */
	readonly name: string;
	readonly opening: readonly { readonly from: string; readonly text: string }[];
	readonly turns: readonly { readonly from: string; readonly text: string }[];
}

/** The group of colleagues 2501 and 2502 with the agent. */
export const groupDialogue: GroupDialogue = {
	name: "Front desk",
	opening: [
		{ from: "2501", text: "Morning! Tessa is out today, I moved her 10:30 and 11:15 to Thursday." },
		{ from: "2502", text: "Thanks. Room 2 is without water until noon, please don't book it." },
	],
	turns: [
		{ from: "2501", text: "Good. I told Dr. Brandt, she takes the two urgent ones herself." },
		{ from: "2502", text: "Plumber says 11:30 now 🤞" },
		{ from: "2501", text: "Who wants what for lunch? I'm ordering at 12." },
		{ from: "2502", text: "The usual for me, no onions." },
	],
};

/** The pause of somebody who reads and types on a telephone, milliseconds. */
export function textingTime(random: PracticeRandom, text: string): number {
	return between(random, 1_500, 3_000) + Math.min(6_000, text.length * 45);
}

/** Turns what is said into lines with human pauses. */
export function texted(random: PracticeRandom, said: readonly Said[]): Line[] {
	return said.map((line) => {
		if (typeof line === "string") return { text: line, afterMs: textingTime(random, line) };
		const media: Media = { mimeType: "image/png", bytes: line.picture() };
		return { text: line.text, afterMs: textingTime(random, line.text) + 2_000, media };
	});
}

/** What somebody answers whom the agent wrote to out of the blue. */
export function smallTalk(random: PracticeRandom, text: string, first: boolean): string[] {
	if (/\b(bye|see you|have a (good|nice|great) (day|evening|weekend))\b/i.test(text)) {
		return [pick(random, ["You too!", "Bye 👋", "See you then."])];
	}
	if (/\b(thanks|thank you|gracias)\b/i.test(text)) {
		return [pick(random, ["Sure thing.", "You're welcome!", "De nada 🙂"])];
	}
	if (/\b(\d{1,2}(:\d\d)?\s?(am|pm)|\d{1,2}:\d\d|monday|tuesday|wednesday|thursday|friday)\b/i.test(text)) {
		return [
			pick(random, [
				"That time works for me.",
				"Hm, a little later would be better, but I'll manage.",
				"Let me check with work … yes, fine.",
			]),
		];
	}
	if (text.includes("?")) {
		return [
			pick(random, ["Let me look.", "One second.", "Good question …"]),
			pick(random, [
				"Yes, I think so.",
				"No, not that I know of.",
				"I'd have to ask my husband, can I tell you tomorrow?",
			]),
		];
	}
	if (first) return [pick(random, ["Hi, who is this?", "Hello! Is this the dentist?", "Hi there"])];
	return [pick(random, ["OK", "Got it, thanks for letting me know.", "👍", "Alright, will do."])];
}

/** What a colleague answers to a chat line of the agent. */
export function officeTalk(random: PracticeRandom, text: string): string[] {
	if (text.includes("?")) {
		return [
			pick(random, [
				"Should be in the chart, give me a second.",
				"I think so, but ask Maya to be sure.",
				"Not today, we are full until four.",
			]),
		];
	}
	return [pick(random, ["ok 👍", "Will do.", "Thanks, noted.", "Got it, I'll tell the others."])];
}

import { between, pick, type PracticeRandom } from "../random.ts";

/** A customer's errand. Each answer fits whatever the agent wrote. */
export interface Dialogue {
	readonly address: string;
	readonly name: string;
	/** Display name of the endpoint written to. */
	readonly line: string;
	/** A chat session on the website in place of text messages. */
	readonly isChat?: boolean;
	readonly opening: readonly string[];
	/** One turn for each time the agent answers. */
	readonly turns: readonly (readonly string[])[];
	/** The turn that comes with a picture, counted from 0. */
	readonly pictureWithTurn?: number;
	readonly farewell: readonly string[];
	/** Written once when nobody answers for long. */
	readonly nudge: string;
}

/** The two numbers and the chat of the practice company, a bicycle workshop. */
export const practiceLines = { front: "Front desk", workshop: "Workshop", chat: "Website chat" } as const;

/** Told in this order, then from the start again. */
export const dialogues: readonly Dialogue[] = [
	{
		address: "+12065550143",
		name: "Ana Torres",
		line: practiceLines.front,
		opening: ["Hello! Is my red city bike ready? You said Thursday."],
		turns: [
			["Wonderful. What do I owe you in the end?"],
			["That is fair 🙂 Can my brother pick it up if I send him?"],
		],
		farewell: ["Perfect, he comes before six. Thanks!"],
		nudge: "Hello? I could come by after work.",
	},
	{
		address: "visitor-7f3c21",
		name: "Visitor",
		line: practiceLines.chat,
		isChat: true,
		opening: ["Hi, I am on your website.", "Do you repair wheels that I did not buy from you?"],
		turns: [
			["Glad to hear. I took a photo, the rim has a flat spot:"],
			["Oh. And would a new one fit the old hub?"],
		],
		pictureWithTurn: 0,
		farewell: ["I will bring it on Saturday. Bye!"],
		nudge: "I am still here, no hurry.",
	},
	{
		address: "+12065550177",
		name: "Джамшид Каримов",
		line: practiceLines.workshop,
		opening: ['Здравствуйте! Do you have 28" tubes with a French valve?'],
		turns: [["Four, please.", "Спасибо! I pay with a card, is that all right?"]],
		farewell: ["See you tomorrow then 👍"],
		nudge: "A yes or no is enough :)",
	},
	{
		address: "+12065550118",
		name: "Maeve O’Brien",
		line: practiceLines.workshop,
		opening: ["The brake squeals again, since this morning. It was you who adjusted it last week."],
		turns: [
			["Only when it is wet, and only the one in front."],
			["No, nobody else touched it.", "Should I stop riding until you have seen it?"],
		],
		farewell: ["Then I walk it over at noon. Thank you."],
		nudge: "I would rather not ride home like this…",
	},
	{
		address: "+12065550165",
		name: "Yuki Mori",
		line: practiceLines.front,
		opening: ["こんにちは, I booked a rental for Sunday: two bikes and a child seat."],
		turns: [["Great! Helmets too, if you have small ones."], ["We are there at nine."]],
		farewell: ["ありがとう, see you on Sunday!"],
		nudge: "The booking is under Mori, if that helps.",
	},
];

/** The pause of somebody who reads and types on a telephone, milliseconds. */
export function typingTime(random: PracticeRandom, text: string): number {
	return between(random, 1_200, 2_400) + Math.min(4_000, text.length * 40);
}

/** Whether a text takes its leave. */
export function isGoodbye(text: string): boolean {
	return /\b(bye|goodbye|see you|have a (good|nice|great) (day|evening|weekend|one))\b/i.test(text);
}

/** What a customer answers who has no errand, or has had it. */
export function smallTalk(random: PracticeRandom, text: string, isFirst: boolean): string {
	if (isGoodbye(text)) return pick(random, ["Bye!", "You too 👋", "See you."]);
	if (/\b(thanks|thank you|thx)\b/i.test(text))
		return pick(random, ["No, thank you!", "With pleasure.", "🙂"]);
	if (/\b(sorry|apolog)/i.test(text))
		return pick(random, ["It happens.", "No harm done.", "That is all right."]);
	if (text.includes("?"))
		return pick(random, [
			"Let me think… I believe so.",
			"Not that I know of.",
			"Tomorrow would be better for me.",
			"I have to ask at home first.",
		]);
	if (/\b(price|cost|euro|dollar|\d+ ?[€$])/i.test(text))
		return pick(random, [
			"That is less than I feared.",
			"Fine with me.",
			"Hm, a bit much, but go ahead.",
		]);
	if (isFirst) return pick(random, ["Hi! Who is this?", "Hello, is this the bike shop?"]);
	return pick(random, ["Good to know.", "Okay!", "Understood.", "Sounds like a plan 👍", "All right."]);
}

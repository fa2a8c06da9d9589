import { between, pick, type PracticeRandom } from "../random.ts";

/** What an outside customer wants. Each answer fits whatever the agent wrote. */
export interface Errand {
	/** E.164. */
	readonly number: string;
	readonly opening: readonly string[];
	/** A picture goes with the last text of the opening. */
	readonly picture?: true;
	/** One turn for each text of the agent that arrives. */
	readonly turns: readonly (readonly string[])[];
	readonly farewell: readonly string[];
	/** Written once when nobody answers for long. */
	readonly nudge: string;
}

/** The customers' numbers. */
export const people = {
	order: "+13035550121",
	mug: "+13035550122",
	stop: "+13035550123",
	landline: "+13035550124",
	flaky: "+13035550125",
	hours: "+13035550126",
} as const;

/** Begun in this order, then from the start again. */
export const errands: readonly Errand[] = [
	{
		number: people.order,
		opening: ["Hi, this is Dana Whitlock", "My order HG-2207 still says “preparing”. Is it on its way?"],
		turns: [
			["Thanks for checking! It was meant to be a birthday present for Saturday"],
			["If it cannot arrive by Friday I would rather pick it up myself"],
			["That works for me 🙌"],
		],
		farewell: ["You have been great, thank you. Have a nice day!"],
		nudge: "Anybody there? 🙂",
	},
	{
		number: people.mug,
		opening: ["Good morning, one of the six mugs arrived like this:", "The handle is gone"],
		picture: true,
		turns: [
			["The other five are fine, they are lovely by the way"],
			["Do you need the broken one back, or may I throw it away?"],
		],
		farewell: ["Perfect. Thanks for sorting this out so quickly!"],
		nudge: "Did the picture come through?",
	},
	{
		number: people.hours,
		opening: ["Buenos días, ¿están abiertos el domingo?"],
		turns: [
			["¡Muchas gracias!", "Is there parking near the shop? We come with the big car"],
			["Good to know"],
		],
		farewell: ["See you on Sunday then 👋"],
		nudge: "¿Hola?",
	},
	{
		number: people.stop,
		opening: ["Why do I get these texts?"],
		turns: [["I never signed up for offers"]],
		farewell: ["STOP"],
		nudge: "Hello???",
	},
	{
		number: people.flaky,
		opening: [
			"Hey! Driving up into the mountains, reception is bad here",
			"Is my table ready to collect?",
		],
		turns: [["Ok got it, took a while to come through"], ["I will be there around five"]],
		farewell: ["Thanks, bye!"],
		nudge: "Not sure my text went out. Is the table ready?",
	},
	{
		number: people.landline,
		opening: [
			"This is an automated request: please text a confirmation of appointment 4410 to this number.",
		],
		turns: [],
		farewell: [],
		nudge: "This is an automated request: appointment 4410 is not confirmed yet.",
	},
];

/** The pause of somebody who reads and types on a telephone, milliseconds. */
export function thumbTime(random: PracticeRandom, text: string): number {
	return between(random, 1_500, 3_000) + Math.min(5_000, text.length * 45);
}

/** Whether a text ends the conversation. */
export function takesLeave(text: string): boolean {
	return /\b(bye|goodbye|take care|have a (good|nice|great) (day|evening|one|weekend))\b/i.test(text);
}

/** What a customer answers who was written to first. */
export function chat(random: PracticeRandom, text: string, first: boolean): string {
	if (takesLeave(text)) return pick(random, ["Thanks, you too!", "Bye 👋", "Cheers!"]);
	if (text.includes("?"))
		return pick(random, [
			"Yes please, that would be great",
			"Let me ask my wife and come back to you",
			"Any time after 3 is fine",
			"I think so. Can you put it in writing for me?",
			"No, thanks, I have all I need",
		]);
	if (/\bhttps?:\/\//i.test(text))
		return pick(random, ["The link works, thanks", "Got it, I will have a look"]);
	if (first)
		return pick(random, [
			"Hi, who is this?",
			"Oh hello! Is it about my order?",
			"Thanks for getting in touch!",
		]);
	return pick(random, [
		"Ok 👍",
		"Sounds good",
		"Great, thanks for letting me know",
		"Alright. When will that be?",
		"Perfect",
	]);
}

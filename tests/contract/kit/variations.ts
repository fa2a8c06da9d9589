import type { Variation } from "./world.ts";

/** What a value changes of the core path; nothing: all of it holds. */
export type Exceptions = Omit<Variation, "of" | "name" | "turn">;

/** A value with what goes with it. */
interface Whole<Switches, K extends keyof Switches> {
	readonly value: Switches[K];
	/** In words, where the value is not the same in every run. */
	readonly as?: string;
	/** What else has to be turned for it to matter. */
	readonly with?: Partial<Switches>;
	/** What else is to be so, besides switches. */
	readonly also?: () => void;
	readonly but?: Exceptions;
}

/** All values of all switches beside their defaults; a switch that is left out is a type error. */
export type AllValues<Switches> = {
	readonly [K in keyof Switches]-?: readonly (Switches[K] | Whole<Switches, K>)[];
};

/** One variation a value, in the order of the list. */
export function variationsOf<Switches extends object>(
	switches: Switches,
	all: AllValues<Switches>,
): readonly Variation[] {
	return (Object.keys(all) as (keyof Switches & string)[]).flatMap((key) =>
		all[key].map((listed): Variation => {
			const whole: Whole<Switches, typeof key> = isWhole(listed) ? listed : { value: listed };
			const beside = whole.with === undefined ? "" : ` with ${JSON.stringify(whole.with)}`;
			const more = whole.also === undefined ? "" : " and more";
			return {
				of: key,
				name: `${key} ${whole.as ?? JSON.stringify(whole.value)}${beside}${more}`,
				turn: () => {
					Object.assign(switches, { [key]: whole.value }, whole.with);
					whole.also?.();
				},
				...whole.but,
			};
		}),
	);
}

function isWhole<Switches, K extends keyof Switches>(
	listed: Switches[K] | Whole<Switches, K>,
): listed is Whole<Switches, K> {
	return typeof listed === "object" && listed !== null && "value" in listed;
}

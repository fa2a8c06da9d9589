import type { Variation } from "./world.ts";

/** What a value changes of the core path; nothing: all of it holds. */
export type Exceptions = Omit<Variation, "of" | "name" | "turn">;

/** Values of one switch beside its default; a function: with what else has to be turned for it to matter. */
export type Values<Switches, K extends keyof Switches> = readonly (
	| Switches[K]
	| {
			readonly value: Switches[K];
			readonly with?: Partial<Switches>;
			readonly but?: Exceptions;
	  }
)[];

/** All values of all switches; a switch that is left out is a type error. */
export type AllValues<Switches> = { readonly [K in keyof Switches]-?: Values<Switches, K> };

/** One variation a value, in the order of the list. */
export function variationsOf<Switches extends object>(
	switches: Switches,
	all: AllValues<Switches>,
): readonly Variation[] {
	return (Object.keys(all) as (keyof Switches & string)[]).flatMap((key) =>
		all[key].map((listed): Variation => {
			const { value, with: others, but } = isWhole<Switches, typeof key>(listed)
				? listed
				: { value: listed, with: undefined, but: undefined };
			const beside = others === undefined ? "" : ` with ${JSON.stringify(others)}`;
			return {
				of: key,
				name: `${key} ${JSON.stringify(value)}${beside}`,
				turn: () => void Object.assign(switches, { [key]: value }, others),
				...but,
			};
		}),
	);
}

function isWhole<Switches, K extends keyof Switches>(
	listed: Values<Switches, K>[number],
): listed is Extract<Values<Switches, K>[number], { readonly value: Switches[K] }> {
	return typeof listed === "object" && listed !== null && "value" in listed;
}

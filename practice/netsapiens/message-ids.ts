import { between, deviceId, type PracticeRandom, userId } from "../random.ts";
import type { NetsapiensSwitches } from "./switches.ts";

/** Message ids in the forms that were seen (sheet, 2.2); never the same one twice. */
export class MessageIds {
	readonly #random: PracticeRandom;
	readonly #switches: NetsapiensSwitches;
	#given = 0;

	constructor(random: PracticeRandom, switches: NetsapiensSwitches) {
		this.#random = random;
		this.#switches = switches;
	}

	next(): string {
		const forms = ["hex", "integer", "prefixed", "uuid"] as const;
		const wanted = this.#switches.messageIds;
		const form = wanted === "mixed" ? forms[this.#given % forms.length] : wanted;
		this.#given += 1;
		switch (form) {
			case "integer":
				return String(20_202_178_000 + this.#given * 1_000 + between(this.#random, 0, 999));
			case "prefixed":
				return `m-${userId(this.#random).slice(0, 13)}`;
			case "uuid":
				return deviceId(this.#random);
			default:
				return userId(this.#random);
		}
	}
}

import { asLineId } from "../../../../shared/ids.ts";
import type { AttachmentLimits, Line } from "../../../../shared/model.ts";
import type { NumberContext, Numbers } from "../../../core/ports/numbers.ts";
import type { WireAccount } from "./wire.ts";

/** One account of the token, as a line. */
export interface OwnAccount {
	readonly slug: string;
	readonly name: string;
	/** E.164, where they could be read. */
	readonly numbers: readonly string[];
	/** As the server writes them. */
	readonly shown: readonly string[];
	readonly restricted: boolean;
}

/** The accounts that the token sees: each is a line, whose id is the slug. */
export class Accounts {
	readonly #numbers: Numbers;
	readonly #limits: AttachmentLimits;
	readonly #accounts = new Map<string, OwnAccount>();

	constructor(numbers: Numbers, limits: AttachmentLimits) {
		this.#numbers = numbers;
		this.#limits = limits;
	}

	get slugs(): readonly string[] {
		return [...this.#accounts.keys()];
	}

	get(slug: string): OwnAccount | null {
		return this.#accounts.get(slug) ?? null;
	}

	/** Returns whether anything is different now. */
	replace(found: readonly WireAccount[]): boolean {
		const before = JSON.stringify([...this.#accounts.values()]);
		const known = new Map(this.#accounts);
		this.#accounts.clear();
		for (const one of found) this.#accounts.set(one.slug, this.#own(one, known.get(one.slug) ?? null));
		return JSON.stringify([...this.#accounts.values()]) !== before;
	}

	/** The whole account, which says whether it may send. */
	merge(found: WireAccount): boolean {
		const known = this.#accounts.get(found.slug);
		if (known === undefined) return false;
		const now = this.#own(found, known);
		this.#accounts.set(found.slug, now);
		return JSON.stringify(now) !== JSON.stringify(known);
	}

	/** This token has no access to it any more. */
	drop(slug: string): boolean {
		return this.#accounts.delete(slug);
	}

	lines(): readonly Line[] {
		return [...this.#accounts.values()].map((account) => {
			const { slug, name, numbers, shown, restricted } = account;
			return {
				id: asLineId(slug),
				label: shown.length === 0 ? name : `${name} · ${shown.join(", ")}`,
				address: numbers[0] ?? shown[0] ?? "",
				active: true,
				loggedIn: null,
				canMessage: !restricted,
				medium: "sms",
				recipients: "separate",
				attachments: this.#limits,
			};
		});
	}

	#own({ slug, name, numbers, restricted }: WireAccount, known: OwnAccount | null): OwnAccount {
		const shown = numbers.length === 0 ? (known?.shown ?? []) : numbers;
		return {
			slug,
			name,
			shown,
			numbers: shown.flatMap((number) => this.#numbers.parse(number, contextOf(number))?.e164 ?? []),
			restricted: restricted ?? known?.restricted ?? false,
		};
	}
}

/** The server writes numbers of North America without their country (sheet, 3), and others with it. */
function contextOf(number: string): NumberContext {
	return { ownNumber: null, country: /^\(\d{3}\) \d{3}-\d{4}$/.test(number) ? "US" : null };
}

import type { Contact, PresenceState } from "../../../../shared/model.ts";
import type { Numbers } from "../../../core/ports/numbers.ts";
import { plusNumber, wireNumber } from "./digits.ts";
import { type Identity, identityOf, sameUid, splitUid } from "./identity.ts";
import type { PersonRow } from "./wire.ts";

/** A colleague. */
interface User {
	readonly uid: string;
	name: string | null;
	department: string | null;
	presence: string | null;
	statusMessage: string | null;
}

export interface Presence {
	readonly presence: PresenceState;
	readonly label: string | null;
}

const most = 50;

/** Who is known by name: the agent's contacts, and the users of the domain (sheet, 6.3). Pure. */
export class AddressBook {
	readonly #me: Identity;
	readonly #numbers: Numbers;
	readonly #users = new Map<string, User>();
	#contacts: readonly PersonRow[] = [];
	/** Names by digits; North America always with its 1. */
	#byNumber = new Map<string, string>();

	constructor(me: Identity, numbers: Numbers) {
		this.#me = me;
		this.#numbers = numbers;
	}

	/** A whole new reading. Rows with a uid come first: extensions alone may have lost their zeros (row 24). */
	replace(contacts: readonly PersonRow[], users: readonly PersonRow[]): void {
		const before = new Map(this.#users);
		this.#users.clear();
		for (const row of [...contacts, ...users]) this.#user(row, before);
		this.#contacts = contacts.filter(({ uid, numbers }) => uid === null && numbers.length > 0);
		this.#byNumber = new Map(
			this.#contacts.flatMap(({ name, numbers }) =>
				name === null ? [] : numbers.map(({ number }) => [wireNumber(number), name] as const),
			),
		);
	}

	/** Takes presences in; the uids whose presence is different now. */
	presences(rows: readonly PersonRow[]): readonly string[] {
		const before = new Map(this.#users);
		return rows.flatMap((row) => {
			const user = this.#user(row, before);
			if (user === null) return [];
			const known = before.get(user.uid.toLowerCase());
			user.presence = row.presence;
			user.statusMessage = row.statusMessage;
			const same = known?.presence === row.presence && known.statusMessage === row.statusMessage;
			return same ? [] : [user.uid];
		});
	}

	/** Of a uid or a number; null: nobody knows. */
	nameOf(address: string): string | null {
		if (splitUid(address) !== null) return this.#users.get(address.toLowerCase())?.name ?? null;
		return this.#byNumber.get(wireNumber(address)) ?? null;
	}

	/** The uid of an extension that may have lost its zeros on the way (row 24). */
	uidFor(written: string): string {
		if (written.includes("@")) return written;
		const plain = identityOf(written, this.#me.domain).uid;
		if (this.#users.has(plain.toLowerCase()) || !/^\d+$/.test(written)) return plain;
		const alike = [...this.#users.values()].filter(({ uid }) => sameExtension(uid, plain));
		return alike.length === 1 && alike[0] !== undefined ? alike[0].uid : plain;
	}

	/** Null: no colleague. */
	presenceOf(address: string): Presence | null {
		const user = this.#users.get(this.uidFor(address).toLowerCase());
		return user === undefined ? null : presenceIn(user);
	}

	search(query: string): { readonly contacts: readonly Contact[]; readonly more: boolean } {
		const words = query.trim().toLowerCase().split(/\s+/);
		const digits = query.replace(/[\s().+-]/g, "");
		const found = [...this.#colleagues(), ...this.#people()].filter(({ name, address, detail }) => {
			const all = `${name} ${address ?? ""} ${detail}`.toLowerCase();
			if (words.every((word) => all.includes(word))) return true;
			return /^\d{3,}$/.test(digits) && (address ?? "").replace(/\D/g, "").includes(digits);
		});
		found.sort((one, other) => one.name.localeCompare(other.name, "en"));
		return { contacts: found.slice(0, most), more: found.length > most };
	}

	#user(row: PersonRow, known: ReadonlyMap<string, User>): User | null {
		const uid = row.uid ?? this.#uidOf(row);
		if (uid === null || splitUid(uid) === null) return null;
		const key = uid.toLowerCase();
		const before = this.#users.get(key) ?? known.get(key);
		const user: User = {
			uid: before?.uid ?? uid,
			name: row.name ?? before?.name ?? null,
			department: row.department ?? before?.department ?? null,
			presence: before?.presence ?? row.presence,
			statusMessage: before?.statusMessage ?? row.statusMessage,
		};
		this.#users.set(key, user);
		return user;
	}

	#uidOf({ user, domain, numbers }: PersonRow): string | null {
		if (user === null || numbers.length > 0) return null;
		return this.uidFor(domain === null ? user : this.uidFor(user).replace(/@.*$/, `@${domain}`));
	}

	#colleagues(): Contact[] {
		return [...this.#users.values()].flatMap((user) => {
			if (sameUid(user.uid, this.#me.uid)) return [];
			const extension = splitUid(user.uid)?.user ?? user.uid;
			const detail = user.department === null ? extension : `${extension} · ${user.department}`;
			const { presence, label } = presenceIn(user);
			return [
				{
					name: user.name ?? extension,
					address: user.uid,
					detail,
					presence,
					presenceLabel: label,
					id: null,
				},
			];
		});
	}

	#people(): Contact[] {
		return this.#contacts.flatMap(({ name, company, numbers }) =>
			numbers.map(({ label, number }) => {
				const address = plusNumber(wireNumber(number));
				const shown = this.#numbers.format(address, null);
				const where = company === null || company === name ? shown : `${shown} · ${company}`;
				return {
					name: name ?? shown,
					address,
					detail: `${where} · ${label}`,
					presence: "unknown" as const,
					presenceLabel: null,
					id: null,
				};
			}),
		);
	}
}

/** Words of the server (5.2, 6.4); one that is not known says nothing of whether somebody is there. */
function presenceIn({ presence, statusMessage }: User): Presence {
	const states: Readonly<Record<string, PresenceState>> = {
		open: "available",
		inuse: "busy",
		progressing: "busy",
		alerting: "busy",
		held: "busy",
		closed: "away",
		inactive: "offline",
	};
	const word = presence?.toLowerCase() ?? "";
	const state = Object.hasOwn(states, word) ? states[word] : undefined;
	return { presence: state ?? "unknown", label: statusMessage ?? (state === undefined ? presence : null) };
}

/** The same number, with or without zeros in front, in one domain. */
function sameExtension(one: string, other: string): boolean {
	const [first, second] = [splitUid(one), splitUid(other)];
	if (first === null || second === null || first.domain.toLowerCase() !== second.domain.toLowerCase())
		return false;
	const strip = (text: string): string => text.replace(/^0+(?=\d)/, "");
	return /^\d+$/.test(first.user) && strip(first.user) === strip(second.user);
}

/** What `keytar` offers and is used of it. */
export interface Keytar {
	getPassword(service: string, account: string): Promise<string | null>;
	setPassword(service: string, account: string, password: string): Promise<void>;
	deletePassword(service: string, account: string): Promise<boolean>;
}

/**
 * One item a secret, named as its key. Windows refuses more than 2 560 bytes an item, so a long secret is
 * split: numbered items `<key>/<generation>/<n>`, and a header under the key that names generation and
 * number. The header is written last and is what makes the new value valid; until then the old one is.
 */
export const maximumItemBytes = 2000;

const headerMark = "trunkline-parts:1:";
const headerPattern = /^trunkline-parts:1:([0-9a-f-]{1,64}):(\d{1,4})$/;

class DamagedSecret extends Error {}

/** Whether `thrown` means that one secret is damaged, not that the keychain failed. */
export function damaged(thrown: unknown): boolean {
	return thrown instanceof DamagedSecret;
}

export class SecretItems {
	readonly #keytar: Keytar;
	readonly #service: string;
	readonly #generation: () => string;

	constructor(keytar: Keytar, service: string, generation: () => string) {
		this.#keytar = keytar;
		this.#service = service;
		this.#generation = generation;
	}

	async get(key: string): Promise<string | null> {
		const head = await this.#keytar.getPassword(this.#service, key);
		if (head === null) return null;
		const parts = partNames(key, head);
		if (parts === null) return head;
		let secret = "";
		for (const name of parts) {
			const part = await this.#keytar.getPassword(this.#service, name);
			if (part === null) throw new DamagedSecret("a part of the secret is missing");
			secret += part;
		}
		return secret;
	}

	async set(key: string, secret: string): Promise<void> {
		const stale = await this.#partsOf(key);
		// keytar refuses the empty string; and a secret that looks like a header must not be taken for one.
		if (secret !== "" && byteLength(secret) <= maximumItemBytes && !secret.startsWith(headerMark)) {
			await this.#keytar.setPassword(this.#service, key, secret);
		} else {
			const parts = split(secret);
			const header = `${headerMark}${this.#generation()}:${String(parts.length)}`;
			const names = partNames(key, header) ?? [];
			try {
				for (const [index, name] of names.entries())
					await this.#keytar.setPassword(this.#service, name, parts[index] ?? "");
				await this.#keytar.setPassword(this.#service, key, header);
			} catch (error) {
				// Nothing points to these parts: they would stay in the person's keychain for ever.
				await this.#remove(names).catch(() => undefined);
				throw error;
			}
		}
		// The new value is in force already.
		await this.#remove(stale).catch(() => undefined);
	}

	/**
	 * True: it was there. Parts first: a deletion that is cut short leaves no part that nothing points to.
	 */
	async delete(key: string): Promise<boolean> {
		await this.#remove(await this.#partsOf(key));
		return this.#keytar.deletePassword(this.#service, key);
	}

	async #partsOf(key: string): Promise<readonly string[]> {
		const head = await this.#keytar.getPassword(this.#service, key);
		return head === null ? [] : (partNames(key, head) ?? []);
	}

	async #remove(names: readonly string[]): Promise<void> {
		for (const name of names) await this.#keytar.deletePassword(this.#service, name);
	}
}

/** Null: `head` is the secret itself. */
function partNames(key: string, head: string): readonly string[] | null {
	const match = headerPattern.exec(head);
	if (match === null) return null;
	return Array.from(
		{ length: Number(match[2]) },
		(_, index) => `${key}/${match[1] ?? ""}/${String(index)}`,
	);
}

/** Pieces of at most `maximumItemBytes` as UTF-8, never cutting a character in two. */
function split(secret: string): readonly string[] {
	const pieces: string[] = [];
	let piece = "";
	let bytes = 0;
	for (const character of secret) {
		const length = byteLength(character);
		if (bytes + length > maximumItemBytes) {
			pieces.push(piece);
			piece = "";
			bytes = 0;
		}
		piece += character;
		bytes += length;
	}
	if (piece !== "") pieces.push(piece);
	return pieces;
}

function byteLength(text: string): number {
	return Buffer.byteLength(text, "utf8");
}

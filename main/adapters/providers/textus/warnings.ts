import type { AppError } from "../../../../shared/errors.ts";

/** What is not right with single accounts of the token, while the others go on. */
export class AccountWarnings {
	readonly #bySlug = new Map<string, AppError>();

	/** Null: it is right again. Returns whether the list is different now. */
	set(slug: string, error: AppError | null): boolean {
		const before = JSON.stringify(this.list());
		if (error === null) this.#bySlug.delete(slug);
		else this.#bySlug.set(slug, error);
		return JSON.stringify(this.list()) !== before;
	}

	list(): readonly AppError[] {
		return [...this.#bySlug.values()];
	}
}

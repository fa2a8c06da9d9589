import { type Api, segment, statusOf } from "./api.ts";
import { membersOf } from "./resource.ts";
import { readAccount, type WireAccount } from "./wire.ts";

/** The accounts that the owner of the token is a direct member of (sheet, 3). */
export async function readAccounts(api: Api, signal?: AbortSignal): Promise<readonly WireAccount[]> {
	const found: WireAccount[] = [];
	for await (const page of api.pages("/accounts", signal))
		found.push(...membersOf(page).flatMap((member) => readAccount(member) ?? []));
	return found;
}

/** With what only the whole account tells: whether it may send; null: this token may not look at it. */
export async function readWholeAccount(
	api: Api,
	slug: string,
	signal: AbortSignal,
): Promise<WireAccount | null> {
	try {
		const found = await api.find(`/accounts/${segment(slug)}`, signal);
		return found === null ? null : readAccount(found);
	} catch (thrown) {
		const status = statusOf(thrown);
		if (status !== null && status < 500) return null;
		throw thrown;
	}
}

import type { Account } from "../accounts.ts";
import { accountItem, accountResource } from "../resources/account.ts";
import type { Call, Handler } from "../site.ts";
import { accountOf } from "./access.ts";
import { answerPage } from "./pages.ts";

/** `GET /accounts`: where the user is a direct member, and on request above and below (sheet, 3). */
export const listAccounts: Handler = (call) => {
	const found = within(call).filter((account) => fits(account, call.query));
	return answerPage(
		call,
		"AccountCollection",
		{
			address: `/accounts${filterQuery(call.query)}`,
			items: found.sort((left, right) => (left.slug < right.slug ? -1 : 1)),
			keyOf: ({ slug }) => slug,
			descending: false,
		},
		(account) => accountItem(call, account),
	);
};

/** `GET /accounts/:slug`. */
export const showAccount: Handler = (call) => ({
	status: 200,
	value: accountResource(call, accountOf(call)),
});

function within({ site, user, query }: Call): Account[] {
	const direct = user.memberships.map(({ account }) => account);
	const found = new Set(direct);
	for (const account of direct) {
		if (isAskedFor(query, "descendants"))
			for (const one of site.accounts.descendantsOf(account)) found.add(one);
		if (isAskedFor(query, "ancestors"))
			for (const one of site.accounts.ancestorsOf(account)) found.add(one);
	}
	return [...found];
}

function isAskedFor(query: URLSearchParams, name: string): boolean {
	const value = query.get(name);
	return value !== null && value !== "false" && value !== "0";
}

function fits({ slug, name, type }: Account, query: URLSearchParams): boolean {
	const q = (query.get("q") ?? "").toLowerCase();
	return (
		(query.get("slug") ?? slug) === slug &&
		(query.get("type") ?? type) === type &&
		`${name}\n${slug}`.toLowerCase().includes(q)
	);
}

/** The search of the request without its cursor. */
function filterQuery(query: URLSearchParams): string {
	const kept = new URLSearchParams(query);
	kept.delete("cursor");
	const text = kept.toString();
	return text === "" ? "" : `?${text}`;
}

import { isNumber } from "../numbers.ts";
import { invalid, notFound, Refusal } from "../refusal.ts";
import { optOutResource } from "../resources/opt-out.ts";
import type { Handler } from "../site.ts";
import { accountOf } from "./access.ts";
import { answerPage } from "./pages.ts";

/** `GET /:account/opt_outs{?q,exact[]}` (sheet, 12.2). */
export const listOptOuts: Handler = (call) => {
	const account = accountOf(call);
	const q = call.query.get("q") ?? "";
	if (q !== "" && q.length < 3) throw invalid("Q is too short (minimum is 3 characters)");
	const exact = call.query.getAll("exact[]");
	const digits = q.replaceAll(/\D/g, "");
	const found = call.site.optOuts
		.of(account)
		.filter(({ number }) => q === "" || (digits !== "" && number.includes(digits)))
		.filter(({ number }) => exact.length === 0 || exact.includes(number))
		.sort((left, right) => (left.number < right.number ? -1 : 1));
	const asked = new URLSearchParams(q === "" ? {} : { q });
	for (const number of exact) asked.append("exact[]", number);
	const search = asked.toString();
	return answerPage(
		call,
		"OptOutCollection",
		{
			address: `/${account.slug}/opt_outs${search === "" ? "" : `?${search}`}`,
			items: found,
			keyOf: ({ number }) => number,
			descending: false,
		},
		(optOut) => optOutResource(call, optOut),
	);
};

/** `GET /:account/opt_outs/:phone`. */
export const showOptOut: Handler = (call) => {
	const account = accountOf(call);
	const optOut = call.site.optOuts.find(account, call.parameters[1] ?? "");
	if (optOut !== null) return { status: 200, value: optOutResource(call, optOut) };
	if (call.site.switches.missingOptOut === 204) return { status: 204 };
	throw notFound();
};

/** `PUT /:account/opt_outs/:phone`: 201. */
export const createOptOut: Handler = (call) => {
	const account = accountOf(call);
	const number = call.parameters[1] ?? "";
	if (!isNumber(number)) throw invalid("Phone number is invalid");
	return { status: 201, value: optOutResource(call, call.site.optOuts.add(account, number, call.user)) };
};

/** `DELETE /:account/opt_outs/:phone`, which may not exist (Q26). */
export const removeOptOut: Handler = (call) => {
	const account = accountOf(call);
	if (call.site.switches.optOutRemoval === "missing") throw new Refusal(405, "Method Not Allowed");
	call.site.optOuts.remove(account, call.parameters[1] ?? "");
	return { status: 204 };
};

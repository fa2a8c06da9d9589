import { AppFailure, appError } from "../../../../shared/errors.ts";
import type { Line } from "../../../../shared/model.ts";
import type { Numbers } from "../../../core/ports/numbers.ts";
import type { NewThread, ProviderContext, Thread } from "../../../core/ports/provider.ts";
import { wireNumber } from "./digits.ts";
import { splitUid } from "./identity.ts";
import { type Place, chatPlace, groupPlace, smsPlace } from "./places.ts";
import { newSessionId } from "./session-ids.ts";
import { describe } from "./thread-facts.ts";

/**
 * The conversation of a line with these addresses. Numbers go by a telephone line, colleagues (a uid, or an extension
 * while the extension is the line) by chat; the two cannot be mixed (sheet, section 10). Keys: places.ts.
 */
export function beginThread(
	{ addresses, line, title }: NewThread,
	{ numbers, random }: Pick<ProviderContext, "random" | "numbers">,
): Thread {
	const typed = addresses.map((address) => address.trim()).filter((address) => address !== "");
	const [first] = typed;
	if (first === undefined) throw new AppFailure(appError("peer.badAddress"));
	const uids = typed.map((address) => uidOf(address, line));
	const place = uids.every((uid) => uid !== null)
		? withColleagues(uids, line, () => newSessionId(random))
		: withNumbers(typed, line, numbers);
	const domain = splitUid(line?.address ?? "")?.domain ?? splitUid(place.remotes[0] ?? "")?.domain ?? "";
	const { name: _, ...thread } = describe(
		place,
		{ title, muted: false, notes: [], there: false },
		{ numbers, lines: line === null ? [] : [line], nameOf: () => null, readOnly: false, domain },
	);
	return thread;
}

/** Null: it is to be read as a number. */
function uidOf(address: string, line: Line | null): string | null {
	if (splitUid(address) !== null) return /[\s,]/.test(address) ? null : address;
	const mine = line?.medium === "chat" ? splitUid(line.address) : null;
	return mine !== null && /^[A-Za-z0-9]{1,16}$/.test(address) && !isLong(address)
		? `${address}@${mine.domain}`
		: null;
}

/** Whoever types a whole telephone number does not mean an extension. */
function isLong(address: string): boolean {
	return /^\d{10,}$/.test(address);
}

function withColleagues(uids: readonly string[], line: Line | null, newId: () => string): Place {
	const mine = line?.medium === "chat" ? line.address : null;
	const others = [...new Set(uids)].filter((uid) => uid.toLowerCase() !== mine?.toLowerCase());
	const [only, ...more] = others;
	if (only === undefined) throw new AppFailure(appError("peer.badAddress", { detail: uids.join(", ") }));
	// Across domains there is no chat (row 21).
	const stranger = others.find((uid) => splitUid(uid)?.domain !== splitUid(mine ?? only)?.domain);
	if (stranger !== undefined) throw new AppFailure(appError("peer.badAddress", { detail: stranger }));
	return more.length === 0 ? chatPlace(only) : groupPlace(newId(), others);
}

function withNumbers(typed: readonly string[], line: Line | null, numbers: Numbers): Place {
	if (line === null) throw new AppFailure(appError("line.none"));
	const parsed = typed.map((address) => {
		const number =
			line.medium === "sms" ? numbers.parse(address, { ownNumber: line.address, country: null }) : null;
		if (number === null) throw new AppFailure(appError("peer.badAddress", { detail: address }));
		return wireNumber(number.e164);
	});
	const people = [...new Set(parsed)];
	// The number's carrier has no groups (row 18): one by one, then.
	if (people.length > 1 && line.recipients !== "group")
		throw new AppFailure(appError("peer.tooMany", { params: { count: 1 } }));
	return smsPlace(line.address, people);
}

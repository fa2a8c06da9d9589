import type { Account, ConnectionState, EpochMs } from "../../shared/model.ts";
import type { I18n } from "../state/i18n.svelte.ts";
import { justNowMs } from "./format.ts";
import { protectionOf } from "./protection.ts";

/** How much of an account there is room for. */
export type Detail = "full" | "short" | "least";

export type Tone = "good" | "warn" | "bad" | "off";

export interface Fact {
	readonly text: string;
	readonly warn?: boolean;
}

/** From worst to best; signed out by one's own wish is no trouble, and is said last. */
export const worstFirst: readonly ConnectionState[] = [
	"needsSignIn",
	"offline",
	"reconnecting",
	"connecting",
	"online",
	"signedOut",
];

/** Online, but the server has been silent for longer than it may be. */
export function isSilent({ connection }: Account, now: EpochMs): boolean {
	const { state, lastSign, permittedSilenceMs } = connection;
	return (
		state === "online" &&
		lastSign !== null &&
		permittedSilenceMs !== null &&
		now - lastSign > permittedSilenceMs
	);
}

export function toneOf(state: ConnectionState, silent = false): Tone {
	if (state === "online") return silent ? "warn" : "good";
	if (state === "signedOut") return "off";
	return state === "connecting" || state === "reconnecting" ? "warn" : "bad";
}

/** What stands beside the state word. `nowFor` gives the present for something of that age. */
export function connectionFacts(
	i18n: Pick<I18n, "t" | "formats">,
	account: Account,
	detail: Detail,
	nowFor: (since: EpochMs) => EpochMs,
): readonly Fact[] {
	const { t, formats } = i18n;
	const { state, mode, lastSign, lastEvent, nextAttempt, since, waitingForKeychain } = account.connection;
	const facts: Fact[] = [];
	const ago = (at: EpochMs): number => nowFor(at) - at;
	if (waitingForKeychain) facts.push({ text: t("strip.keychain") });
	else if (state === "online") {
		if (mode !== null && detail !== "least") facts.push({ text: t(`strip.${mode}`) });
		if (lastSign !== null) {
			const age = formats.duration(ago(lastSign));
			if (isSilent(account, nowFor(lastSign)))
				facts.push({ text: t("strip.silent", { age }), warn: true });
			else if (ago(lastSign) < justNowMs) facts.push({ text: t("strip.heardNow") });
			else facts.push({ text: t("strip.heard", { age }) });
		}
		if (lastEvent !== null && detail === "full") {
			facts.push({
				text:
					ago(lastEvent) < justNowMs
						? t("strip.eventNow")
						: t("strip.event", { age: formats.duration(ago(lastEvent)) }),
			});
		}
	} else if (nextAttempt !== null && nextAttempt > nowFor(nextAttempt)) {
		facts.push({
			text: t("strip.nextTry", { age: formats.duration(nextAttempt - nowFor(nextAttempt)) }),
		});
	} else if (state === "offline") facts.push({ text: t("strip.since", { time: formats.time(since) }) });
	if (account.gapsFilling > 0)
		facts.push({ text: t("strip.gaps", { count: account.gapsFilling }), warn: true });
	if (account.queued > 0) facts.push({ text: t("strip.queued", { count: account.queued }), warn: true });
	if (protectionOf(account) === "open" && detail !== "least")
		facts.push({ text: t("account.notEncrypted"), warn: true });
	return facts;
}

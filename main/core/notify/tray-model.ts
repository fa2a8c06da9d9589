import type { Account } from "../../../shared/model.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";
import type { AccountId } from "../../../shared/ids.ts";
import type { TrayModel } from "../ports/system.ts";

/** The tray in words and picture: an outage before unread messages, because nothing new can arrive. */
export function trayModel(
	accounts: readonly Account[],
	out: readonly AccountId[],
	unread: number,
	practice: boolean,
	translate: Translate,
): TrayModel {
	const lost = accounts.filter((account) => out.includes(account.id));
	const parts = [
		...lost.map((account) => translate("tray.notReceiving", { account: account.label })),
		...(unread > 0 ? [translate("tray.unread", { count: unread })] : []),
	];
	const state = parts.length === 0 ? translate("tray.nothingNew") : parts.join(", ");
	return {
		image: lost.length > 0 ? "alert" : unread > 0 ? "unread" : "idle",
		toolTip: translate(practice ? "tray.practiceToolTip" : "tray.toolTip", { state }),
		agentStates: accounts
			.filter((account) => account.agentStates.length > 0)
			.map((account) => ({
				accountId: account.id,
				label: account.label,
				current: account.agentState?.id ?? null,
				states: account.agentStates,
			})),
	};
}

export function windowTitle(unread: number, practice: boolean, translate: Translate): string {
	const title = unread > 0 ? translate("title.unread", { count: unread }) : translate("title.plain");
	return practice ? translate("title.practice", { title }) : title;
}

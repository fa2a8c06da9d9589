import type { Account } from "../../shared/model.ts";
import type { ConversationFilter } from "../state/conversations.svelte.ts";
import type { I18n } from "../state/i18n.svelte.ts";

/** One way to narrow the inbox. */
export interface FilterChoice {
	readonly key: string;
	readonly label: string;
	/** Over the choices that belong together: the account whose folders they are; null: none. */
	readonly section: string | null;
	readonly filter: ConversationFilter;
}

export function filterKey(filter: ConversationFilter): string {
	return JSON.stringify(filter);
}

/** Every filter there is for these accounts, in the order of Ctrl+1, Ctrl+2 …: the first two are buttons of their own. */
export function filterChoices(
	i18n: Pick<I18n, "t">,
	accounts: readonly Account[],
	unread: number,
): readonly FilterChoice[] {
	const { t } = i18n;
	const choice = (
		filter: ConversationFilter,
		label: string,
		section: string | null = null,
	): FilterChoice => ({ key: filterKey(filter), label, section, filter });
	return [
		choice({ kind: "all" }, t("list.filter.all")),
		choice(
			{ kind: "unread" },
			unread > 0 ? t("list.filterUnreadCount", { count: unread }) : t("list.filter.unread"),
		),
		choice({ kind: "archived" }, t("list.filter.archived")),
		...(accounts.length > 1
			? accounts.map(({ id, label }) =>
					choice({ kind: "account", accountId: id }, label, t("view.accounts")),
				)
			: []),
		...accounts.flatMap((account) =>
			account.folders.map((folder) =>
				choice(
					{ kind: "folder", accountId: account.id, folderId: folder.id },
					folder.unread === null || folder.unread === 0
						? folder.title
						: t("list.folderUnread", { folder: folder.title, count: folder.unread }),
					t("list.foldersOf", { account: account.label }),
				),
			),
		),
	];
}

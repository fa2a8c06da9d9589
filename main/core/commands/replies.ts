import { AppFailure, appError, ok, type Result } from "../../../shared/errors.ts";
import type { Output, Parsed } from "../../../shared/ipc/contract.ts";
import type { CorePorts } from "../ports/core.ts";
import type { ConversationRecord } from "../ports/stores.ts";
import { type FieldValues, ownReplies } from "../replies/templates.ts";
import type { Workspace } from "../workspace.ts";

/** Templates of one's own, and what the system keeps where it can be asked; without it, one's own alone. */
export async function findReplies(
	workspace: Workspace,
	ports: Pick<CorePorts, "settings" | "clock" | "locale" | "logger">,
	record: ConversationRecord,
	{ query }: Parsed<"replies.find">,
): Promise<Result<Output<"replies.find">>> {
	const { manager } = workspace;
	const own = ownReplies(ports.settings.get().templates, query, valuesFor(workspace, ports, record));
	const session = manager.get(record.accountId);
	const kept = manager.provider(record.accountId)?.capabilities.abilities.savedReplies ?? false;
	if (session === null || !kept) return ok({ replies: own, more: false });
	const found = await session.ask(async ({ replies }, signal) => {
		if (replies === null) throw new AppFailure(appError("action.notOffered"));
		return await replies.find(query.trim(), signal);
	});
	if (!found.ok) {
		ports.logger.info("replies.notAsked", { error: found.error });
		return ok({ replies: own, more: false });
	}
	return ok({ replies: [...own, ...found.value.replies], more: found.value.more });
}

function valuesFor(
	{ manager }: Workspace,
	{ clock, locale }: Pick<CorePorts, "clock" | "locale">,
	record: ConversationRecord,
): FieldValues {
	const account = manager.view(record.accountId);
	const chosen = account?.lines.find(({ id }) => id === account.lineId);
	const now = clock.now();
	const said = (options: Intl.DateTimeFormatOptions): string =>
		new Intl.DateTimeFormat(locale(), options).format(now);
	return {
		name: record.name ?? record.thread?.group?.title ?? null,
		number: record.formatted ?? record.address,
		line: record.thread?.line?.label ?? chosen?.label ?? null,
		agent: account === null || account.userName === "" ? null : account.userName,
		date: said({ dateStyle: "medium" }),
		time: said({ timeStyle: "short" }),
	};
}

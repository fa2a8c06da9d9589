import { appError, failed, ok, type Result, toAppError } from "../../../shared/errors.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";
import type { Output, Parsed } from "../../../shared/ipc/contract.ts";
import { attachmentOf } from "../attachments/attachment-fetcher.ts";
import { peerName } from "../conversations/conversation-view.ts";
import type { CorePorts } from "../ports/core.ts";
import type { Workspace } from "../workspace.ts";

/** Fetches a file if it is not here, asks where to, and writes it under a name that does no harm. */
export async function saveAttachment(
	{ book, attachments }: Workspace,
	{ files, safeFileName }: Pick<CorePorts, "files" | "safeFileName">,
	translate: Translate,
	{ entryId, attachmentId }: Parsed<"attachments.save">,
): Promise<Result<Output<"attachments.save">>> {
	const entry = await book.store.entry(entryId);
	const record = entry === null ? null : book.get(entry.conversationId);
	if (entry?.kind !== "message" || record === null || attachmentOf(entry, attachmentId) === null)
		return failed(appError("message.notFound"));
	const fetched = await attachments.fetch(entryId, attachmentId);
	if (!fetched.ok) return fetched;
	const stored = await book.store.media(attachmentId);
	const bytes = stored?.bytes ?? null;
	// One that was sent by its address was never here.
	if (stored === null || bytes === null) return failed(appError("attachment.gone"));
	const { name, type } = stored.attachment;
	const safe = safeFileName(name, type);
	try {
		const outcome = await files.save({
			title: translate("save.title", { peer: peerName(record) }),
			suggestedName: safe.name,
			extension: safe.extension,
			pieces: one(bytes),
		});
		return ok({ saved: outcome === "saved" });
	} catch (thrown) {
		// The saver speaks of exports.
		const { code } = toAppError(thrown);
		return failed(code === "export.failed" ? appError("attachment.notSaved") : toAppError(thrown));
	}
}

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
	yield await Promise.resolve(bytes);
}

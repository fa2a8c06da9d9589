import { type AppError, appError, failed, ok, type Result } from "../../../shared/errors.ts";
import type { AttachmentId } from "../../../shared/ids.ts";
import type { Output, Parsed } from "../../../shared/ipc/contract.ts";
import type { Attachment, AttachmentLimits } from "../../../shared/model.ts";
import { bytesOfBase64 } from "../attachments/base64.ts";
import { filesRefusal, isRefusal, limitsOf } from "../attachments/limits.ts";
import type { CorePorts } from "../ports/core.ts";
import type { ConversationRecord, StoredMedia } from "../ports/stores.ts";
import type { Workspace } from "../workspace.ts";

type Ports = Pick<CorePorts, "random" | "inspector">;
type Staged = Result<Output<"attachments.add">>;

/** A file of this computer, checked by its bytes and kept with the draft. */
export async function addAttachment(
	workspace: Workspace,
	{ random, inspector }: Ports,
	record: ConversationRecord,
	{ name, type, data }: Parsed<"attachments.add">,
): Promise<Staged> {
	const limits = limitsOf(record);
	if (isRefusal(limits)) return failed(limits);
	if (limits.byAddressOnly !== null) return failed(limits.byAddressOnly);
	const bytes = bytesOfBase64(data);
	if (bytes === null) return failed(appError("attachment.unreadable"));
	if (bytes.length === 0) return failed(appError("attachment.empty"));
	const { picture, problem, ...seen } = inspector.inspect(bytes, plainType(type));
	// A picture too large to be shown here may be sent all the same; what only claims to be one may not.
	if (problem !== null && problem.code !== "attachment.unsafe") return failed(problem);
	const attachment: Attachment = {
		id: random.uuid() as AttachmentId,
		type: seen.type,
		name: lastPart(name),
		bytes: bytes.length,
		width: picture?.width ?? null,
		height: picture?.height ?? null,
		state: picture === null ? "file" : "here",
		problem: null,
	};
	return await stage(workspace, record, limits, { attachment, ref: null, bytes });
}

/** A file that lies at a public address: only the address is sent, and nothing is fetched from it here. */
export async function addAddress(
	workspace: Workspace,
	{ random }: Pick<Ports, "random">,
	record: ConversationRecord,
	{ address, type }: Parsed<"attachments.addAddress">,
): Promise<Staged> {
	const limits = limitsOf(record);
	if (isRefusal(limits)) return failed(limits);
	const url = URL.parse(address.trim());
	const open =
		url?.protocol === "https:" && url.username === "" && url.password === "" && url.hostname !== "";
	if (url === null || !open) return failed(appError("attachment.badAddress"));
	const attachment: Attachment = {
		id: random.uuid() as AttachmentId,
		type: plainType(type),
		name: lastPart(url.pathname),
		bytes: null,
		width: null,
		height: null,
		state: "file",
		problem: null,
	};
	return await stage(workspace, record, limits, { attachment, ref: url.href, bytes: null });
}

/** Takes a file out of the draft; one that is not there any more is out. */
export async function removeAttachment(
	{ book }: Workspace,
	{ id }: ConversationRecord,
	attachmentId: AttachmentId,
): Promise<Result<null>> {
	await book.change(() => {
		const there = book.staged(id).some((file) => file.id === attachmentId);
		return there ? { media: { removed: [attachmentId] } } : null;
	});
	return ok(null);
}

/** Checked together with what the draft has by then: two files that are added at a time count both. */
async function stage(
	{ book }: Workspace,
	record: ConversationRecord,
	limits: AttachmentLimits,
	file: Pick<StoredMedia, "attachment" | "ref" | "bytes">,
): Promise<Staged> {
	const { attachment } = file;
	const found: { refusal: AppError | null } = { refusal: null };
	await book.change(() => {
		found.refusal = filesRefusal([...book.staged(record.id), attachment], limits);
		if (found.refusal !== null) return null;
		return { media: { added: [{ ...file, conversationId: record.id, entryId: null }] } };
	});
	return found.refusal === null ? ok({ attachment }) : failed(found.refusal);
}

/** "IMAGE/Png; x=y" is "image/png". */
function plainType(type: string): string {
	return type.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

function lastPart(path: string): string | null {
	const name = path.split(/[\\/]/u).at(-1)?.trim() ?? "";
	return name === "" ? null : name;
}

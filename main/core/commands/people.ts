import { appError, failed, ok, type Result } from "../../../shared/errors.ts";
import type { PersonId } from "../../../shared/ids.ts";
import type { Output, Parsed } from "../../../shared/ipc/contract.ts";
import { linkPatches, unlinkPatches } from "../conversations/people.ts";
import type { Random } from "../ports/runtime.ts";
import type { ConversationRecord } from "../ports/stores.ts";
import type { Workspace } from "../workspace.ts";

export async function linkPeople(
	{ book }: Workspace,
	random: Random,
	{ conversationIds }: Parsed<"people.link">,
): Promise<Result<Output<"people.link">>> {
	const ids = [...new Set(conversationIds)];
	if (ids.length < 2) return failed(appError("input.invalid"));
	const found: { personId: PersonId | null } = { personId: null };
	await book.change(() => {
		const wanted = ids.map((id) => book.get(id)).filter((record) => record !== null);
		if (wanted.length < ids.length) return null;
		const { personId, patches } = linkPatches(wanted, book.records(), () => random.uuid());
		found.personId = personId;
		return patches.length === 0 ? null : { patches };
	});
	const { personId } = found;
	return personId === null ? failed(appError("conversation.notFound")) : ok({ personId });
}

export async function unlinkPerson({ book }: Workspace, { id }: ConversationRecord): Promise<Result<null>> {
	await book.change(() => {
		const record = book.get(id);
		const patches = record === null ? [] : unlinkPatches(record, book.records());
		return patches.length === 0 ? null : { patches };
	});
	return ok(null);
}

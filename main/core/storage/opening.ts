import { type AppError, appError, toAppError } from "../../../shared/errors.ts";
import type { ConversationBook } from "../conversations/conversation-book.ts";
import type { StorageKeeper } from "./storage-keeper.ts";

/**
 * Opens the store and reads the conversations. False: nothing can be kept here, and the keeper's
 * status says why. `notice`: what was done to open it, to be told once.
 */
export async function openBook(
	book: ConversationBook,
	keeper: StorageKeeper,
	notice: (error: AppError) => void,
): Promise<boolean> {
	const opening = await book.store.open();
	keeper.opened(opening);
	if (opening.state === "refused") return false;
	for (const done of opening.did) notice(done);
	try {
		await book.load();
		return true;
	} catch (thrown) {
		const error = toAppError(thrown);
		const problem = error.code.startsWith("storage.") ? error : appError("storage.unavailable");
		keeper.opened({ state: "refused", problem });
		return false;
	}
}

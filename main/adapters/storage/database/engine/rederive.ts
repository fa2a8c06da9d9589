import type { ConversationId } from "../../../../../shared/ids.ts";
import type { SqlDatabase } from "../sqlite-driver.ts";
import { TouchedConversations } from "./touched.ts";

/** Works out anew, for every conversation, what follows from its entries: after rows were put in by other means. */
export function rederive(database: SqlDatabase): void {
	const ids = database.all("SELECT id FROM conversations") as { readonly id: ConversationId }[];
	database.transaction(true, () => {
		database.run(`UPDATE conversations SET
			unread = (SELECT count(*) FROM entries AS e WHERE e.conversation = conversations.row AND e.unread = 1),
			next_sequence = 1 + (SELECT coalesce(max(e.sequence), 0) FROM entries AS e
				WHERE e.conversation = conversations.row)`);
		const touched = new TouchedConversations(database);
		// What the rows say of themselves is not believed: looked up, not followed on.
		for (const { id } of ids) touched.get(id).followed = null;
		touched.derive();
	});
}

import type { ConversationId } from "../../shared/ids.ts";
import type { Desk } from "../state/desk.svelte.ts";

/** Lets main ask where to and write; says what came of it, on screen and to a screen reader. */
export async function exportConversation(
	desk: Pick<Desk, "bridge" | "i18n" | "tidings">,
	conversationId: ConversationId,
	format: "text" | "json",
): Promise<void> {
	const { bridge, i18n, tidings } = desk;
	const result = await bridge.invoke("conversations.export", { conversationId, format });
	if (!result.ok) tidings.bad(i18n.problem(result.error));
	else if (result.value.saved) tidings.good(i18n.t("export.done", { count: result.value.entries }));
}

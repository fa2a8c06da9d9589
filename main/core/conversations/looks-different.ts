import type { Conversation, ThreadFacts } from "../../../shared/model.ts";
import type { ConversationRecord } from "../ports/stores.ts";

/** What the window sees of the record is different. Its draft the window has already, and perhaps a newer one. */
export function looksDifferent(before: ConversationRecord, after: ConversationRecord): boolean {
	return (
		before.name !== after.name ||
		before.address !== after.address ||
		before.formatted !== after.formatted ||
		before.muted !== after.muted ||
		before.archived !== after.archived ||
		before.personId !== after.personId ||
		before.unread !== after.unread ||
		before.firstUnread !== after.firstUnread ||
		before.lastActivity !== after.lastActivity ||
		!samePreview(before.preview, after.preview) ||
		!sameThread(before.thread, after.thread)
	);
}

/** The same in every word; facts are small, and are told far less often than messages. */
export function sameThread(one: ThreadFacts | null, other: ThreadFacts | null): boolean {
	return one === other || (one !== null && other !== null && sameJson(one, other));
}

/** Two JSON values say the same, in whatever order their fields stand. */
export function sameJson(one: unknown, other: unknown): boolean {
	if (one === other) return true;
	if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
	if (Array.isArray(one) !== Array.isArray(other)) return false;
	const names = Object.keys(one);
	if (names.length !== Object.keys(other).length) return false;
	return names.every(
		(name) =>
			Object.hasOwn(other, name) &&
			sameJson((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
	);
}

function samePreview(one: Conversation["preview"], other: Conversation["preview"]): boolean {
	if (one === null || other === null) return one === other;
	return (
		one.kind === other.kind &&
		one.text === other.text &&
		one.delivery === other.delivery &&
		one.at === other.at
	);
}

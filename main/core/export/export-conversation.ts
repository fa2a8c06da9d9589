import { ok, failed, toAppError, type Result } from "../../../shared/errors.ts";
import type { EntryId } from "../../../shared/ids.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";
import type { Conversation, Entry } from "../../../shared/model.ts";
import { orderStart } from "../../../shared/order.ts";
import type { Clock } from "../ports/runtime.ts";
import type { MessageStore } from "../ports/stores.ts";
import type { FileSaver } from "../ports/system.ts";
import { ExportClock } from "./export-clock.ts";
import { jsonWriter } from "./json-export.ts";
import { textWriter } from "./text-export.ts";

export interface ExportPorts {
	readonly store: Pick<MessageStore, "page">;
	readonly files: FileSaver;
	readonly translate: Translate;
	readonly clock: Pick<Clock, "now">;
	/** The proper name of the conversation's system. */
	readonly systemName: string;
	/** IANA name; the system's without it. */
	readonly timeZone?: string;
}

/** One way of writing a conversation down; what it returns is appended to the file as it is. */
export interface ExportWriter {
	begin(): string;
	/** `first`: nothing was written before it. */
	entry(entry: Entry, first: boolean): string;
	end(entries: number): string;
}

/** Entries read at once: the file grows page by page, whatever the length of the conversation. */
const pageSize = 200;

/**
 * Writes everything that is stored of a conversation into a file of the person's choice, oldest first, with gap
 * markers and the delivery state of every text. What arrives after the file was begun is not in it. Fails with
 * `export.failed` or the store's own `storage.*`; there is no file then.
 */
export async function exportConversation(
	ports: ExportPorts,
	conversation: Conversation,
	format: "text" | "json",
): Promise<Result<{ readonly saved: boolean; readonly entries: number }>> {
	const { store, files, translate, clock } = ports;
	const now = clock.now();
	const times = new ExportClock(ports.timeZone);
	const writer =
		format === "json"
			? jsonWriter(conversation, now)
			: textWriter(conversation, now, times, { translate, systemName: ports.systemName });
	const { peer: other, thread } = conversation;
	const peer = other.name ?? thread.group?.title ?? other.address;
	let entries = 0;
	async function* pieces(): AsyncIterable<string> {
		yield writer.begin();
		for await (const page of pages(store, conversation)) {
			let piece = "";
			for (const entry of page) {
				piece += writer.entry(entry, entries === 0);
				entries += 1;
			}
			yield piece;
		}
		yield writer.end(entries);
	}
	try {
		const outcome = await files.save({
			title: translate("export.title", { peer }),
			suggestedName: `${peer} ${times.day(now)}`,
			extension: format === "json" ? "json" : "txt",
			pieces: pieces(),
		});
		return ok(outcome === "saved" ? { saved: true, entries } : { saved: false, entries: 0 });
	} catch (error) {
		return failed(toAppError(error));
	}
}

/** The conversation as it is now, oldest first. A text that gets the server's time meanwhile is written once. */
async function* pages(
	store: Pick<MessageStore, "page">,
	{ id }: Conversation,
): AsyncIterable<readonly Entry[]> {
	const end = (await store.page(id, { kind: "newest" }, 1)).entries.at(-1)?.order;
	if (end === undefined) return;
	/** Of our own texts only: nothing else ever moves. */
	const written = new Set<EntryId>();
	for (let than = orderStart; ;) {
		const page = await store.page(id, { kind: "newer", than }, pageSize);
		const part: Entry[] = [];
		for (const entry of page.entries) {
			if (entry.order > end || written.has(entry.id)) continue;
			if (entry.kind === "message" && entry.direction === "out") written.add(entry.id);
			part.push(entry);
		}
		if (part.length > 0) yield part;
		const last = page.entries.at(-1)?.order;
		if (last === undefined || last >= end || !page.hasNewer) return;
		than = last;
	}
}

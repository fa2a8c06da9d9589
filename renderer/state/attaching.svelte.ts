import { SvelteMap } from "svelte/reactivity";
import type { AppError } from "../../shared/errors.ts";
import type { AttachmentId, ConversationId } from "../../shared/ids.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import type { AttachmentLimits, Conversation } from "../../shared/model.ts";
import { judgeFile, kindNames } from "../lib/file-rules.ts";
import { smallerPicture } from "../lib/picture.ts";
import type { I18n } from "./i18n.svelte.ts";

/** Files of one draft that are on their way to main, and what was said about them. */
interface Bench {
	readonly pending: readonly { readonly name: string; readonly size: number }[];
	/** What was done to a file ("made smaller"), or why it does not go along; until put away or sent. */
	readonly remarks: readonly { readonly tone: "good" | "bad"; readonly text: string }[];
}

const nothing: Bench = { pending: [], remarks: [] };

/** Takes files into a draft: checked here against the limits of the conversation, kept by main. */
export class Attaching {
	readonly #benches = new SvelteMap<ConversationId, Bench>();
	readonly #bridge: Bridge;
	readonly #i18n: I18n;
	/** One file after the other: what is left of the limit is known only then. */
	#line: Promise<void> = Promise.resolve();

	constructor(bridge: Bridge, i18n: I18n) {
		this.#bridge = bridge;
		this.#i18n = i18n;
	}

	of(id: ConversationId): Bench {
		return this.#benches.get(id) ?? nothing;
	}

	dismiss(id: ConversationId): void {
		this.#change(id, { remarks: [] });
	}

	/** Files that were pasted, dropped or chosen. `latest`: the conversation as it is by then. */
	add(id: ConversationId, files: readonly File[], latest: () => Conversation | undefined): Promise<void> {
		const limits = latest()?.thread.attachments ?? null;
		if (limits === null || limits.byAddressOnly !== null) {
			this.#refuse(id, limits?.byAddressOnly ?? { code: "attachment.notOffered" });
			return Promise.resolve();
		}
		this.#change(id, {
			pending: [...this.of(id).pending, ...files.map(({ name, size }) => ({ name, size }))],
			remarks: [],
		});
		for (const file of files) {
			this.#line = this.#line.then(async () => {
				const conversation = latest();
				if (conversation !== undefined) await this.#take(conversation, file, limits);
				const [, ...others] = this.of(id).pending;
				this.#change(id, { pending: others });
			});
		}
		return this.#line;
	}

	/** A file that lies at a public address; true when it was taken. */
	async addAddress(id: ConversationId, address: string, type: string): Promise<boolean> {
		this.dismiss(id);
		const result = await this.#bridge.invoke("attachments.addAddress", {
			conversationId: id,
			address,
			type,
		});
		if (!result.ok) this.#refuse(id, result.error);
		return result.ok;
	}

	async remove(id: ConversationId, attachmentId: AttachmentId): Promise<void> {
		this.dismiss(id);
		const result = await this.#bridge.invoke("attachments.remove", { conversationId: id, attachmentId });
		if (!result.ok) this.#refuse(id, result.error);
	}

	async #take({ id, staged }: Conversation, file: File, limits: AttachmentLimits): Promise<void> {
		const { t, formats } = this.#i18n;
		const others = {
			count: staged.length,
			bytes: staged.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
		};
		const name = file.name === "" ? t("attach.pasted") : file.name;
		const params = {
			name,
			size: formats.bytes(file.size),
			limit: formats.bytes(limits.mostBytes),
			count: limits.mostFiles,
			types: formats.list(kindNames(limits.types)),
		};
		const verdict = judgeFile(file, limits, others);
		if (verdict.kind === "refuse") {
			this.#remark(id, "bad", t(`attach.${verdict.why}`, params));
			return;
		}
		if (verdict.kind === "take") {
			await this.#hand(id, name, file.type.toLowerCase(), file);
			return;
		}
		const smaller = await smallerPicture(file, verdict.bytes);
		if (smaller === null) {
			this.#remark(id, "bad", t("attach.notSmaller", params));
			return;
		}
		const taken = await this.#hand(id, name.replace(/\.\w+$/u, "") + ".jpg", "image/jpeg", smaller.blob);
		if (taken) {
			const { width, height, blob } = smaller;
			const now = formats.bytes(blob.size);
			this.#remark(id, "good", t("attach.smaller", { ...params, now, width, height }));
		}
	}

	/** To main, which checks what the bytes are. */
	async #hand(id: ConversationId, name: string, type: string, bytes: Blob): Promise<boolean> {
		const data = await base64(bytes).catch(() => null);
		if (data === null) {
			this.#refuse(id, { code: "attachment.unreadable" }, name);
			return false;
		}
		const result = await this.#bridge.invoke("attachments.add", {
			conversationId: id,
			name: name.slice(0, 300),
			type,
			data,
		});
		if (!result.ok) this.#refuse(id, result.error, name);
		return result.ok;
	}

	#refuse(id: ConversationId, error: AppError, name: string | null = null): void {
		const words = this.#i18n.problem(error);
		this.#remark(id, "bad", name === null ? words : `${name}: ${words}`);
	}

	#remark(id: ConversationId, tone: "good" | "bad", text: string): void {
		this.#change(id, { remarks: [...this.of(id).remarks, { tone, text }] });
	}

	#change(id: ConversationId, change: Partial<Bench>): void {
		const next = { ...this.of(id), ...change };
		if (next.pending.length === 0 && next.remarks.length === 0) this.#benches.delete(id);
		else this.#benches.set(id, next);
	}
}

async function base64(blob: Blob): Promise<string> {
	const reader = new FileReader();
	await new Promise((resolve, reject) => {
		reader.onload = resolve;
		reader.onerror = reject;
		reader.readAsDataURL(blob);
	});
	const address = typeof reader.result === "string" ? reader.result : "";
	return address.slice(address.indexOf(",") + 1);
}

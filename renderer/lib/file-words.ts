import type { Attachment } from "../../shared/model.ts";
import type { I18n } from "../state/i18n.svelte.ts";
import { kindNames } from "./file-rules.ts";

/** What a file is, in words; "other" is named by its type. */
type FileKind = "picture" | "video" | "sound" | "contact" | "pdf" | "text" | "other";

const families: Readonly<Record<string, FileKind>> = {
	image: "picture",
	video: "video",
	audio: "sound",
	text: "text",
};

export function fileKind(type: string): FileKind {
	const lower = type.toLowerCase();
	if (/^text\/(x-)?vcard/u.test(lower)) return "contact";
	if (lower === "application/pdf") return "pdf";
	return families[lower.split("/")[0] ?? ""] ?? "other";
}

export function isPicture({ type }: Attachment): boolean {
	return fileKind(type) === "picture";
}

/** "Picture", "PDF document", "ZIP file". */
export function kindWords({ t }: I18n, type: string): string {
	const kind = fileKind(type);
	if (kind !== "other") return t(`file.${kind}`);
	const name = kindNames([type])[0] ?? "";
	return name === "" ? t("file.unknown") : t("file.other", { type: name });
}

/** "Picture · 184 kB" */
export function factWords(i18n: I18n, { type, bytes }: Attachment): string {
	const kind = kindWords(i18n, type);
	return bytes === null ? kind : `${kind} · ${i18n.formats.bytes(bytes)}`;
}

/** What a file is called: "Picture label.jpg, 184 kB". */
export function fileWords(i18n: I18n, { type, name, bytes }: Attachment): string {
	const kind = kindWords(i18n, type);
	const called = name === null ? kind : `${kind} ${name}`;
	return bytes === null ? called : `${called}, ${i18n.formats.bytes(bytes)}`;
}

const mostWide = 280;
const mostHigh = 320;
const leastSide = 44;

/** The room for a picture in a message, in CSS pixels; of unknown size it is a fixed one, whatever comes. */
export function pictureRoom(size: Pick<Attachment, "width" | "height">): {
	readonly width: number;
	readonly height: number;
} {
	const { width, height } = size;
	if (width === null || height === null || width < 1 || height < 1) return { width: 240, height: 180 };
	const scale = Math.min(1, mostWide / width, mostHigh / height);
	const side = (pixels: number): number => Math.max(leastSide, Math.round(pixels * scale));
	return { width: side(width), height: side(height) };
}

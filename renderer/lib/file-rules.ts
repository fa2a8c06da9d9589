import type { AttachmentLimits } from "../../shared/model.ts";

/** Why a file does not go along, before anybody is asked; the words are the catalogue's (`attach.<name>`). */
export type FileRefusal = "tooMany" | "type" | "empty" | "tooLarge";

/** What is to be done with a file: taken as it is, made smaller to `bytes`, or refused. */
export type FileVerdict =
	| { readonly kind: "take" }
	| { readonly kind: "shrink"; readonly bytes: number }
	| { readonly kind: "refuse"; readonly why: FileRefusal };

/** Bytes of one file that "attachments.add" takes. */
export const mostCarried = 8 * 1024 * 1024;

/** Judges one file by its limits; `others`: those that go along already. */
export function judgeFile(
	file: { readonly type: string; readonly size: number },
	limits: AttachmentLimits,
	others: { readonly count: number; readonly bytes: number },
): FileVerdict {
	if (others.count >= limits.mostFiles) return { kind: "refuse", why: "tooMany" };
	if (file.size === 0) return { kind: "refuse", why: "empty" };
	const room = Math.min(limits.mostBytes - others.bytes, mostCarried);
	const allowed = limits.types.includes(file.type.toLowerCase());
	// Moving pictures would stand still: they are not made smaller.
	const shrinkable =
		limits.shrinks &&
		limits.types.includes("image/jpeg") &&
		/^image\/(?!gif|svg)/u.test(file.type.toLowerCase());
	if (!allowed) {
		return shrinkable && room > 0 ? { kind: "shrink", bytes: room } : { kind: "refuse", why: "type" };
	}
	if (file.size <= room) return { kind: "take" };
	return shrinkable && room > 0 ? { kind: "shrink", bytes: room } : { kind: "refuse", why: "tooLarge" };
}

/** "JPEG, PNG, PDF": kinds of files as people call them. */
export function kindNames(types: readonly string[]): readonly string[] {
	return [
		...new Set(
			types.map((type) => {
				const [family, kind = type] = type.split("/");
				return kind === "*" ? (family ?? type) : kind.replace(/^x-|\+.*$/gu, "").toUpperCase();
			}),
		),
	];
}

const endings: Readonly<Record<string, string>> = {
	jpg: "image/jpeg",
	jpeg: "image/jpeg",
	png: "image/png",
	gif: "image/gif",
	webp: "image/webp",
	pdf: "application/pdf",
	mp4: "video/mp4",
	mp3: "audio/mpeg",
	vcf: "text/vcard",
	txt: "text/plain",
};

/** The type that an address ends in; null when it does not say. */
export function typeOfAddress(address: string): string | null {
	const ending = /\.([a-z0-9]+)$/iu.exec(URL.parse(address)?.pathname ?? "")?.[1] ?? "";
	return endings[ending.toLowerCase()] ?? null;
}

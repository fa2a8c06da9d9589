import { externalLink } from "../../shared/links.ts";

/** A message in pieces: plain text, or a link whose `url` is the very text that is shown. */
export interface TextSegment {
	readonly text: string;
	/** Null: plain text. */
	readonly url: string | null;
}

const link = /\bhttps:\/\/[^\s<>"'`]+/giu;
/** Marks that end a sentence rather than an address. */
const trailing = /[.,;:!?…'"”’»]+$/u;

/** Finds the https links that may leave the app; a closing bracket belongs to the link only if its opening one does. */
export function linkSegments(text: string): TextSegment[] {
	const segments: TextSegment[] = [];
	let from = 0;
	for (const match of text.matchAll(link)) {
		const url = withoutTail(match[0]);
		if (externalLink(url) === null) continue;
		if (match.index > from) segments.push({ text: text.slice(from, match.index), url: null });
		segments.push({ text: url, url });
		from = match.index + url.length;
	}
	if (from < text.length) segments.push({ text: text.slice(from), url: null });
	return segments;
}

function withoutTail(candidate: string): string {
	let url = candidate;
	for (;;) {
		const shorter = url.replace(trailing, "");
		const unbalanced = shorter.endsWith(")") && !shorter.includes("(") ? shorter.slice(0, -1) : shorter;
		if (unbalanced === url) return url;
		url = unbalanced;
	}
}

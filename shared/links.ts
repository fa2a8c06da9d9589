/**
 * Which addresses may leave the app. Text is parsed, judged by its parts and written anew: what reaches the
 * operating system is never the text that came in.
 */

/** Longest address handed to the operating system, before and after it was written anew. */
export const maximumLinkLength = 2000;

/** Header fields that a `mailto:` link may set. Anything else (`attach`, `bcc`…) is left out. */
const mailFields = ["subject", "body", "cc"];

/**
 * The address written anew, or null if it may not leave: only `https:` with a host and without credentials,
 * `mailto:` with a recipient, and `tel:` with a number.
 */
export function externalLink(text: string): string | null {
	// Browsers drop tabs and line breaks inside an address; one that needs that is not an honest one.
	// eslint-disable-next-line no-control-regex -- control characters are what is looked for
	if (text.length > maximumLinkLength || /[\u0000-\u001f\u007f]/.test(text)) return null;
	const url = URL.parse(text);
	if (url === null) return null;
	const written = rewritten(url);
	return written === null || written.length > maximumLinkLength ? null : written;
}

function rewritten(url: URL): string | null {
	switch (url.protocol) {
		case "https:":
			return url.hostname === "" || url.username !== "" || url.password !== "" ? null : url.href;
		case "mailto:":
			return mailLink(url);
		case "tel:":
			return telephoneLink(url);
		default:
			return null;
	}
}

function mailLink(url: URL): string | null {
	const recipient = decoded(url.pathname);
	// One plain recipient. Quoting, comments and lists are legal in mail, and useful to nobody here.
	if (recipient === null || !/^[^\s@,;:<>"()[\]\\/?#&%]+@[^\s@,;:<>"()[\]\\/?#&%]+$/.test(recipient))
		return null;
	const fields = mailFields.flatMap((name) => {
		const value = url.searchParams.get(name);
		return value === null ? [] : [`${name}=${percentEncoded(value)}`];
	});
	const address = percentEncoded(recipient).replaceAll("%40", "@").replaceAll("%2B", "+");
	return `mailto:${address}${fields.length === 0 ? "" : `?${fields.join("&")}`}`;
}

function telephoneLink(url: URL): string | null {
	const number = decoded(url.pathname);
	// Visual separators are dropped, parameters (`;ext=`) are not understood and refused.
	if (number === null || !/^\+?[0-9*#][0-9*#.()\- ]*$/.test(number)) return null;
	const plain = number.replace(/[.()\- ]/g, "");
	return `tel:${plain.replaceAll("#", "%23")}`;
}

function decoded(text: string): string | null {
	try {
		return decodeURIComponent(text);
	} catch {
		return null;
	}
}

/** `encodeURIComponent` refuses lone surrogates; they become the replacement character. */
function percentEncoded(text: string): string {
	return encodeURIComponent(text.toWellFormed());
}

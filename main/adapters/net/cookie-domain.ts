/**
 * In place of tldts, which tough-cookie asks where a host's own domain begins and which brings the public suffix list
 * along (45 kB of the bundle). The list keeps a host from setting cookies for everybody below a suffix like `co.uk`;
 * a jar of ours is asked by one origin only, and what it holds goes nowhere else, so that it has nothing to guard.
 */

const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f:.]*:[0-9a-f:.]*\]?)$/iu;

/** The last two labels of a host name: cookies set for it or below are looked for. Null: an address, or one label. */
export function getDomain(hostName: string): string | null {
	if (address.test(hostName)) return null;
	const labels = hostName.split(".").filter((label) => label !== "");
	return labels.length < 2 ? null : labels.slice(-2).join(".");
}

import { join } from "node:path";

const target = join(import.meta.dirname, "..", "..", "main", "adapters", "net", "cookie-domain.ts");

/** tough-cookie gets our few lines in place of tldts and its public suffix list; why stands there. */
export function plainDomains(): {
	readonly name: string;
	readonly enforce: "pre";
	resolveId(source: string): string | null;
} {
	return {
		name: "plain-domains",
		enforce: "pre",
		resolveId: (source) => (source === "tldts" ? target : null),
	};
}

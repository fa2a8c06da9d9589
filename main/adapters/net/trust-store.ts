import { type SecureContext, createSecureContext, getCACertificates } from "node:tls";

/**
 * The certificate authorities of this computer and those that Node brings, each once, as PEM.
 *
 * `ca` replaces Node's default list, so the bundled ones are named too; a company's own authority comes from
 * the system's store or from NODE_EXTRA_CA_CERTS. The system list repeats itself (576 entries, 144 different,
 * on Debian 12).
 */
export function trustedCertificates(): readonly string[] {
	const found = new Set<string>();
	for (const store of ["bundled", "system", "extra"] as const) {
		for (const certificate of certificatesOf(store)) found.add(certificate);
	}
	return [...found];
}

/** A store that this build of Node cannot read (Electron brings BoringSSL) counts as empty: fewer are trusted, never more. */
function certificatesOf(store: "bundled" | "system" | "extra"): readonly string[] {
	try {
		return getCACertificates(store);
	} catch {
		return [];
	}
}

/** What TLS connections are checked against. */
export interface TrustStore {
	/** Parsing some 300 certificates takes tens of milliseconds: done once, at the first https connection. */
	secureContext(): SecureContext;
}

/** The trust store of this computer; `certificates` replaces the list (tests). */
export function createTrustStore(certificates: () => readonly string[] = trustedCertificates): TrustStore {
	let context: SecureContext | undefined;
	return {
		secureContext() {
			context ??= createSecureContext({ ca: [...certificates()], minVersion: "TLSv1.2" });
			return context;
		},
	};
}

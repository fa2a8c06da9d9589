import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsMaterial } from "../server/network.ts";

/** A self-signed certificate for 127.0.0.1, made by openssl. */
export function generateCertificate(): TlsMaterial {
	const folder = mkdtempSync(join(tmpdir(), "practice-tls-"));
	try {
		const key = join(folder, "key.pem");
		const cert = join(folder, "cert.pem");
		execFileSync(
			"openssl",
			[
				["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
				["-days", "1", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", cert],
			].flat(),
			{ stdio: "ignore" },
		);
		return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

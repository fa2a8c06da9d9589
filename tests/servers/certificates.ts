import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface KeyPair {
	readonly key: string;
	readonly cert: string;
}

/** A certificate authority that lives as long as one test file, and certificates signed by it. */
export interface TestAuthority {
	readonly ca: string;
	readonly localhost: KeyPair;
	/** For `other.example`, so that `localhost` does not match. */
	readonly otherHost: KeyPair;
	readonly expired: KeyPair;
	/** For localhost, signed by itself. */
	readonly selfSigned: KeyPair;
}

/** Made with the `openssl` program in a temporary folder, because Node can read certificates but not write them. */
export async function createTestAuthority(): Promise<TestAuthority> {
	const folder = await mkdtemp(join(tmpdir(), "trunkline-ca-"));
	const openssl = (...parts: string[]) => run("openssl", parts, { cwd: folder });
	const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
	const read = (name: string) => readFile(join(folder, name), "utf8");

	async function issue(name: string, host: string, ...dates: string[]): Promise<KeyPair> {
		await openssl(
			"req",
			...newKey,
			"-keyout",
			`${name}.key`,
			"-out",
			`${name}.csr`,
			"-subj",
			`/CN=${host}`,
		);
		await writeFile(join(folder, `${name}.ext`), `subjectAltName=DNS:${host},IP:127.0.0.1\n`);
		await writeFile(join(folder, "index.txt"), "");
		const config =
			"[ca]\ndefault_ca=d\n[d]\ndir=.\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nemail_in_dn=no\n[p]\ncommonName=supplied\n";
		await writeFile(join(folder, "ca.cnf"), config);
		const span = dates.length > 0 ? dates : ["-days", "2"];
		await openssl(
			...["ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key"],
			...["-in", `${name}.csr`, "-out", `${name}.pem`, "-extfile", `${name}.ext`, ...span],
		);
		return { key: await read(`${name}.key`), cert: await read(`${name}.pem`) };
	}

	try {
		await openssl(
			"req",
			"-x509",
			...newKey,
			"-keyout",
			"ca.key",
			"-out",
			"ca.pem",
			"-days",
			"2",
			"-subj",
			"/CN=Trunkline test authority",
		);
		await openssl(
			...["req", "-x509", ...newKey, "-keyout", "self.key", "-out", "self.pem", "-days", "2"],
			...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
		);
		return {
			ca: await read("ca.pem"),
			localhost: await issue("localhost", "localhost"),
			otherHost: await issue("other", "other.example"),
			expired: await issue(
				"expired",
				"localhost",
				"-startdate",
				"20200101000000Z",
				"-enddate",
				"20200201000000Z",
			),
			selfSigned: { key: await read("self.key"), cert: await read("self.pem") },
		};
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

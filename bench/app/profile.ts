/** A profile whose account and history are there already; nobody answers at its server. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asAccountId } from "../../shared/ids.ts";
import type { DesktopSession } from "../../tests/support/session.ts";
import { benchDatabase, type BenchDatabase, copyOf } from "../data/database.ts";

const accountId = asAccountId("bench");

export async function profileWith(
	session: DesktopSession,
	messages: number,
): Promise<{ readonly profile: string; readonly data: BenchDatabase }> {
	const profile = await mkdtemp(join(session.folder, "profile-"));
	const data = benchDatabase({ messages, accountId });
	copyOf(data, join(profile, "messages"));
	const account = {
		id: accountId,
		system: "genesys",
		server: "http://127.0.0.1:9",
		userName: "agent",
		encrypted: false,
		options: {},
		secretKeeping: "askEachTime",
	};
	await mkdir(profile, { recursive: true });
	await writeFile(join(profile, "accounts.json"), JSON.stringify({ version: 1, accounts: [account] }), {
		mode: 0o600,
	});
	return { profile, data };
}

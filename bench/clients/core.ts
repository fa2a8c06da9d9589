/**
 * The real core without a window, its store on a real file, as a process of its own; prints each message as C1 does,
 * but only when the store has said that it is committed.
 *
 *     node --import ./build/hooks.mjs bench/clients/core.ts ORIGIN FOLDER
 */
import { createCore } from "../../main/core/app.ts";
import { headlessPorts } from "../../tests/reference/headless-ports.ts";
import { account } from "../app/account.ts";

const [origin = "", folder = ""] = process.argv.slice(2);
const { ports } = await headlessPorts({
	folder,
	secret: account.secret,
	reference: { system: "netsapiens", history: true, idempotentSend: true, pollMs: null },
	changes: false,
	log: false,
});
const write = ports.messages.write.bind(ports.messages);
ports.messages.write = async (change) => {
	const written = await write(change);
	const committed = String(process.hrtime.bigint());
	const added = new Set(written.added);
	for (const entry of written.entries)
		if (entry.kind === "message" && added.has(entry.id))
			process.stdout.write(`${entry.text.split(" ")[0] ?? ""} ${committed}\n`);
	return written;
};
const core = createCore(ports);
core.subscribe(({ changes }) => {
	for (const change of changes)
		if (change.type === "account" && change.account.connection.state === "online")
			process.stdout.write("ready\n");
});
await core.start({ practice: false, provision: null });
const signedIn = await core.handlers["accounts.signIn"]({
	system: "netsapiens",
	server: origin,
	userName: account.userName,
	secret: account.secret,
	allowUnencrypted: false,
	method: "password",
	code: null,
	options: {},
});
if (!signedIn.ok) throw new Error(signedIn.error.code);
process.stdin.on("end", () => process.exit(0)).resume();

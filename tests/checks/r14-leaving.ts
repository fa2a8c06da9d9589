import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
	conversationWith,
	HeadlessDesk,
	sendText,
	snapshotOf,
	took,
	until,
	untilOnline,
} from "./headless-desk.ts";

/** What one part of R14 found. */
export interface Part {
	/** The longest that quitting took, ms; null: nothing was quit. */
	readonly quitMs: number | null;
	readonly problems: readonly string[];
}

/** Quits while texts are on their way: in time, nothing lost, nothing sent twice. */
export async function quitDuringSend(seed: number, keys: boolean): Promise<Part> {
	const desk = await HeadlessDesk.start({ seed, switches: { keys } });
	const problems: string[] = [];
	try {
		const app = await desk.launch();
		await desk.signIn(app);
		await untilOnline(app);
		// The server takes the text, and is slow to say so: longer than quitting may take.
		desk.site.server.switches.delayMs = [8000, 8000];
		const texts: string[] = [];
		for (const peer of ["ann", "ben", "cem"]) {
			const id = await conversationWith(app, peer);
			for (let number = 0; number < 4; number++) {
				const text = `${peer} ${String(number)}`;
				texts.push(text);
				await sendText(app, id, `${String(seed)}-${text}`, text);
			}
		}
		const underWay = await until(() => desk.site.server.journal.of("send").length >= 3);
		if (!underWay) problems.push("nothing was under way");
		const quitMs = await app.stop();
		const file = desk.inspect();
		if (!file.sound) problems.push("the file is not whole after quitting");
		for (const text of texts)
			if (!file.messages.some((one) => one.text === text)) problems.push(`"${text}" is lost`);

		desk.site.server.switches.delayMs = [0, 0];
		const again = await desk.launch();
		await untilOnline(again);
		await until(async () => (await snapshotOf(again)).accounts[0]?.queued === 0);
		await again.stop();
		for (const { text, state } of desk.inspect().messages) {
			const copies = desk.site.server.ledger.copies(text);
			if (copies > 1) problems.push(`"${text}" was sent ${String(copies)} times`);
			const said = state === "sent" || state === "delivered";
			if (said !== (copies === 1) && state !== "unknown")
				problems.push(`"${text}" is ${String(state)}, the server has ${String(copies)}`);
			if (state === "unknown" && keys) problems.push(`"${text}" stayed in doubt`);
		}
		return { quitMs, problems };
	} finally {
		await desk.close();
	}
}

/** Signs out with a full outbox: "wipe" leaves no byte behind, "keep" keeps the texts and sends them after the next sign-in. */
export async function signOutWithFullOutbox(seed: number, history: "keep" | "wipe"): Promise<Part> {
	const desk = await HeadlessDesk.start({ seed });
	const problems: string[] = [];
	const canary = "Kanarienvogel7731";
	const total = 40;
	try {
		const app = await desk.launch();
		const accountId = await desk.signIn(app);
		await untilOnline(app);
		desk.site.server.receive("ann", `${canary} from ann`);
		await until(async () => (await snapshotOf(app)).conversations.length > 0);
		desk.site.server.switches.sendFault = () => ({ status: 503, retryAfterSeconds: 1 });
		const conversationId = await conversationWith(app, "ann");
		for (let number = 0; number < total; number++)
			await sendText(
				app,
				conversationId,
				`${String(seed)}-${String(number)}`,
				`${canary} ${String(number)}`,
			);
		took(await app.invoke("conversations.setDraft", { conversationId, text: `${canary} draft` }));
		// In the search index too.
		await app.invoke("search.messages", { query: canary, conversationId: null, before: null, limit: 10 });
		if (filesWith(desk.config.folder, canary).length === 0)
			problems.push("its texts were never on the disk");
		took(await app.invoke("accounts.signOut", { accountId, history }));
		if (history === "wipe") {
			await app.stop();
			const left = filesWith(desk.config.folder, canary);
			if (left.length > 0) problems.push(`its texts are still in ${left.join(", ")}`);
			return { quitMs: null, problems };
		}
		const kept = desk.inspect().messages.filter(({ direction }) => direction === "out");
		if (kept.length !== total)
			problems.push(`${String(kept.length)} of ${String(total)} texts were kept`);
		if (kept.some(({ state }) => state === "sent" || state === "delivered"))
			problems.push("a text is shown as sent that was not");
		desk.site.server.switches.sendFault = null;
		const same = await desk.signIn(app);
		if (same !== accountId) problems.push("the account did not get its history back");
		await untilOnline(app);
		const sent = (): boolean =>
			desk.site.server.ledger.attempts.some(({ outcome }) => outcome === "accepted");
		await until(sent, 5000);
		await until(async () => (await snapshotOf(app)).accounts[0]?.queued === 0);
		const quitMs = await app.stop();
		for (let number = 0; number < total; number++) {
			const copies = desk.site.server.ledger.copies(`${canary} ${String(number)}`);
			if (copies !== 1) problems.push(`text ${String(number)} was sent ${String(copies)} times`);
		}
		return { quitMs, problems };
	} finally {
		await desk.close();
	}
}

/** Files below a folder that hold these letters, in UTF-8 or UTF-16. */
export function filesWith(folder: string, letters: string): readonly string[] {
	const found: string[] = [];
	for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const bytes = readFileSync(join(entry.parentPath, entry.name));
		if (bytes.includes(letters) || bytes.includes(Buffer.from(letters, "utf16le")))
			found.push(entry.name);
	}
	return found;
}

import { startWith } from "../../main/core/testing/plain.ts";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { startGenesysSimulator } from "../../practice/genesys/simulator.ts";
import type { Result } from "../../shared/errors.ts";
import { asClientMessageId } from "../../shared/ids.ts";
import type { Input, Output } from "../../shared/ipc/contract.ts";
import type { CommandName } from "../../shared/ipc/names.ts";
import type { Bridge } from "../../shared/ipc/types.ts";
import { launchApp, type RunningApp, startBare } from "../support/launch.ts";
import { type DesktopSession, startSession } from "../support/session.ts";
import { took, until } from "./headless-desk.ts";
import type { Part } from "./r14-leaving.ts";

/** The folder of the profile in which the logs lie. */
const logFolder = "logs";

/** Two starts at the same moment on one profile: one goes on, the other hands over and ends without an error. */
export async function twoStarts(session: DesktopSession): Promise<Part> {
	const problems: string[] = [];
	const profile = await mkdtemp(join(session.folder, "twice-"));
	const runs = [startBare({ session, profile }), startBare({ session, profile })];
	try {
		const ended = await Promise.race(runs.map((run) => run.ended));
		if (ended !== 0) problems.push(`the second start ended with ${String(ended)}`);
		const handedOver = await until(() => logOf(profile).includes("app.secondStart"));
		if (!handedOver) problems.push("the first did not hear of the second start");
		const alive = runs.filter(({ process }) => process.exitCode === null && process.signalCode === null);
		if (alive.length !== 1) problems.push(`${String(alive.length)} of two are running`);
		return { quitMs: null, problems };
	} finally {
		for (const { process, ended } of runs) {
			if (process.exitCode === null) process.kill("SIGTERM");
			await ended;
		}
	}
}

/** The system goes down while a text is under way: the app has ended in time, and the text is there after the next start. */
export async function sessionEnd(session: DesktopSession, seed: number): Promise<Part> {
	const problems: string[] = [];
	const centre = await startGenesysSimulator({ seed });
	const profile = await mkdtemp(join(session.folder, "ends-"));
	const text = `under way ${String(seed)}`;
	try {
		const app = await launchApp({ session, profile });
		const page = await app.window();
		const { accountId } = took(
			await invoke(page, "accounts.signIn", {
				system: "genesys",
				server: centre.origin,
				userName: "ann.lee",
				secret: "secret",
				allowUnencrypted: true,
				method: "password",
				code: null,
				options: {},
			}),
		);
		const online = async (): Promise<boolean> =>
			took(await invoke(page, "app.snapshot", null)).accounts.some(
				({ connection, lineId }) => connection.state === "online" && lineId !== null,
			);
		if (!(await until(online))) problems.push("the account did not come online");
		const [colleague] = centre.colleagues.all;
		const address = colleague?.phoneNumber ?? "";
		const { conversationId } = took(
			await invoke(page, "conversations.start", startWith(accountId, address)),
		);
		// The server has the text and says nothing.
		centre.faults.next({ action: "hangAfter", match: { operationName: "SendMessage" } });
		const parts = [{ clientId: asClientMessageId(`end-${String(seed)}`), text }];
		took(await invoke(page, "messages.send", { conversationId, parts }));
		if (!(await until(() => centre.ledger.count(text) > 0, 10_000)))
			problems.push("nothing was under way");
		const began = performance.now();
		await app.electron.evaluate(({ powerMonitor }) => {
			powerMonitor.emit("shutdown", { preventDefault: () => undefined });
		});
		const code = await app.ended;
		const quitMs = performance.now() - began;
		if (code !== 0) problems.push(`it ended with ${String(code)}`);
		problems.push(...(await textsOfNextStart(session, profile, text)));
		if (centre.ledger.count(text) > 1) problems.push("the text was sent twice");
		return { quitMs, problems };
	} finally {
		await centre.close();
	}
}

async function textsOfNextStart(
	session: DesktopSession,
	profile: string,
	text: string,
): Promise<readonly string[]> {
	let app: RunningApp | undefined;
	try {
		app = await launchApp({ session, profile });
		const page = await app.window();
		const [conversation] = took(await invoke(page, "app.snapshot", null)).conversations;
		if (conversation === undefined) return ["the conversation is gone"];
		const input = { conversationId: conversation.id, around: null };
		const { entries } = took(await invoke(page, "conversations.open", input));
		const kept = entries.filter((entry) => entry.kind === "message" && entry.text === text);
		return kept.length === 1 ? [] : [`the text is there ${String(kept.length)} times`];
	} finally {
		await app?.close();
	}
}

/** A command as the page gives it. */
async function invoke<C extends CommandName>(
	page: Page,
	command: C,
	input: Input<C>,
): Promise<Result<Output<C>>> {
	const answer: unknown = await page.evaluate(
		([name, value]) => (globalThis as unknown as { app: Bridge }).app.invoke(name, value as never),
		[command, input] as const,
	);
	return answer as Result<Output<C>>;
}

function logOf(profile: string): string {
	try {
		const folder = join(profile, logFolder);
		return readdirSync(folder)
			.map((name) => readFileSync(join(folder, name), "utf8"))
			.join("\n");
	} catch {
		// Not written yet.
		return "";
	}
}

/** A desktop with a keychain, for one run of the parts above. */
export async function withDesktop<T>(work: (session: DesktopSession) => Promise<T>): Promise<T> {
	const session = await startSession({ keyring: "unlocked" });
	try {
		return await work(session);
	} finally {
		await session.stop();
	}
}

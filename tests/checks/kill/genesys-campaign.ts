import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Colleague } from "../../../practice/genesys/colleagues.ts";
import type { LedgerEntry } from "../../../practice/genesys/ledger.ts";
import { Refusal } from "../../../practice/genesys/refusal.ts";
import { type GenesysSimulator, startGenesysSimulator } from "../../../practice/genesys/simulator.ts";
import type { HeadlessApp } from "../../reference/headless-app.ts";
import { headlessBundle } from "../../reference/headless-bundle.ts";
import type { HeadlessConfig } from "../../reference/headless-protocol.ts";
import { seededRandom } from "../check.ts";
import { type Campaign, campaign, drain } from "./campaign.ts";
import { type FileInspection, inspectProfile } from "./file-inspection.ts";
import { durable } from "./reference-campaign.ts";
import type { Attempted } from "./tally.ts";

/** What must hold where the server cannot be asked for what was missed. */
export interface GenesysTally {
	/** Not in the file, and no gap marker of the conversation says that something may be missing then. */
	readonly lost: number;
	/** Not in the file, and a gap marker says so. */
	readonly covered: number;
	readonly unexpected: number;
	/** Accepted twice by the server, or twice in the file. */
	readonly duplicated: number;
	readonly received: number;
	readonly sent: number;
	/** In doubt at the end; never settled by the program, the person is asked. */
	readonly leftUnknown: number;
	readonly leftUnknownArrived: number;
	readonly unsettled: number;
	readonly gaps: number;
	readonly problems: readonly string[];
}

const user = { userName: "ann.lee", password: "secret", firstName: "Ann", lastName: "Lee" };
const own = "5001";

/** Kills on the Genesys simulator: one colleague writes and is written to. */
export async function genesysCampaign(options: {
	readonly kills: number;
	readonly seed: number;
	readonly say: (line: string) => void;
}): Promise<
	Campaign & { readonly tally: GenesysTally; readonly drained: boolean; readonly endSound: boolean }
> {
	const { kills, seed, say } = options;
	const program = await headlessBundle();
	const folder = mkdtempSync(join(tmpdir(), "trunkline-kill-"));
	const centre = await startGenesysSimulator({ seed, agents: [user] });
	const config: HeadlessConfig = {
		folder,
		secret: user.password,
		reference: { system: "netsapiens", history: true, idempotentSend: true, pollMs: null },
		changes: false,
		log: false,
	};
	const random = seededRandom(seed + 1);
	const [colleague] = centre.colleagues.all;
	if (colleague === undefined) throw new Error("nobody is in the directory");
	const agent = centre.agents.get(user.userName);
	const running = {
		program,
		config,
		kills,
		// Signing in takes some of it: the server asks for pauses between requests.
		lifeMs: 5000,
		// It takes five requests a second.
		typedShare: 0.03,
		random,
		name: `genesys${String(seed)}`,
		say,
		opponent: {
			peers: [colleague.phoneNumber],
			write: (number: number) => write(colleague, number, centre.isReachable(agent), random),
			signIn: (app: HeadlessApp) => signIn(app, centre),
			inspect: (file: FileInspection, attempted: ReadonlyMap<string, Attempted>) => [
				...durable(file, attempted),
				...truthful(file, centre),
			],
		},
	};
	try {
		const result = await campaign(running);
		const drained = await drain(running, 60_000);
		const file = inspectProfile(folder);
		return {
			...result,
			drained,
			endSound: file.sound && file.searchSound,
			tally: tally(centre.ledger.entries, file, result.attempted),
		};
	} finally {
		await centre.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Writes when there is a session, else calls; now and then leaves, so that stretches begin anew. */
function write(colleague: Colleague, number: number, reachable: boolean, random: () => number): void {
	try {
		if (colleague.session === null) {
			if (reachable) colleague.initiate(own);
		} else if (random() < 0.01) colleague.complete();
		else colleague.say(`in ${String(number)}`);
	} catch (thrown) {
		// The switch may refuse, as when the session is only ringing.
		if (!(thrown instanceof Refusal) && !(thrown instanceof Error)) throw thrown;
	}
}

async function signIn(app: HeadlessApp, centre: GenesysSimulator): Promise<void> {
	const answer = await app.invoke("accounts.signIn", {
		system: "genesys",
		server: centre.origin,
		userName: user.userName,
		secret: user.password,
		allowUnencrypted: true,
		method: "password",
		code: null,
		options: {},
	});
	if (answer?.ok !== true) throw new Error(`not signed in: ${JSON.stringify(answer)}`);
}

function truthful(file: FileInspection, centre: GenesysSimulator): readonly string[] {
	const there = new Set(centre.ledger.texts({ sender: own }));
	return file.messages
		.filter(({ state, text }) => (state === "sent" || state === "delivered") && !there.has(text))
		.map(({ text }) => `"${text}" is marked as sent, and the server has not got it`);
}

/** Everything the server accepted, against the file. Texts are unique, so they stand for ids. */
export function tally(
	ledger: readonly LedgerEntry[],
	file: FileInspection,
	attempted: ReadonlyMap<string, Attempted>,
): GenesysTally {
	const problems: string[] = [];
	const count = { lost: 0, covered: 0, unexpected: 0, duplicated: 0, received: 0, sent: 0 };
	const note = (what: "lost" | "unexpected" | "duplicated", words: string): void => {
		count[what] += 1;
		if (problems.length < 10) problems.push(`${what}: ${words}`);
	};
	const here = new Map<string, number>();
	for (const { text } of file.messages) here.set(text, (here.get(text) ?? 0) + 1);
	const there = new Map<string, number>();
	const typed = new Map([...attempted.values()].map((one) => [one.text, one]));
	for (const { text, sender, at } of ledger) {
		there.set(text, (there.get(text) ?? 0) + 1);
		const times = here.get(text) ?? 0;
		if (times > 1) note("duplicated", `"${text}" is ${String(times)} times in the file`);
		if (sender === own) {
			count.sent += 1;
			if (!typed.has(text)) note("unexpected", `"${text}" was sent by nobody`);
			if (times === 0) note("lost", `"${text}" was sent and is not in the file`);
			continue;
		}
		count.received += 1;
		if (times > 0) continue;
		const covered = file.gaps.some(
			({ conversation, from, to }) => conversation === sender && from <= at && at <= to,
		);
		if (covered) count.covered += 1;
		else note("lost", `"${text}" of ${String(at)} is not in the file, and no gap says so`);
	}
	for (const [text, number] of there)
		if (number > 1) note("duplicated", `"${text}" was accepted ${String(number)} times`);
	const ours = file.messages.filter(({ direction }) => direction === "out");
	for (const { text, direction, state } of file.messages) {
		const isSent = direction === "in" || state === "sent" || state === "delivered";
		if (isSent && !there.has(text)) note("unexpected", `"${text}" is not on the server`);
	}
	const texts = new Set(ours.map(({ text }) => text));
	for (const { acknowledged, text } of attempted.values())
		if (acknowledged && !texts.has(text)) note("lost", `"${text}" was taken and is gone`);
	const unknown = ours.filter(({ state }) => state === "unknown");
	return {
		...count,
		leftUnknown: unknown.length,
		leftUnknownArrived: unknown.filter(({ text }) => there.has(text)).length,
		unsettled: ours.filter(
			({ state }) => state === "queued" || state === "waiting" || state === "sending",
		).length,
		gaps: file.gaps.length,
		problems,
	};
}

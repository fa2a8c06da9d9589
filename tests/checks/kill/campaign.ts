import { startWith } from "../../../main/core/testing/plain.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConversationId } from "../../../shared/ids.ts";
import { asClientMessageId } from "../../../shared/ids.ts";
import { HeadlessApp } from "../../reference/headless-app.ts";
import type { HeadlessConfig } from "../../reference/headless-protocol.ts";
import { type FileInspection, inspectProfile } from "./file-inspection.ts";
import type { Attempted } from "./tally.ts";

/** The other side of a campaign: who writes to the agent, and what must hold after each kill. */
export interface Opponent {
	/** Sends one message to the agent, if it can just now. */
	write(number: number): void;
	/** Peers whom the agent writes to. */
	readonly peers: readonly string[];
	/** Signs the app in; called in the first life. */
	signIn(app: HeadlessApp): Promise<void>;
	/** After a kill, with the files as it left them: what is wrong, in words. */
	inspect(file: FileInspection, attempted: ReadonlyMap<string, Attempted>): readonly string[];
}

export interface CampaignOptions {
	readonly program: string;
	readonly config: HeadlessConfig;
	readonly opponent: Opponent;
	readonly kills: number;
	/** Longest time, ms, from the moment it can be asked to its death. */
	readonly lifeMs: number;
	/** Share of what is written that the agent types; the rest is written to the agent. */
	readonly typedShare: number;
	/** Numbers in [0, 1). */
	readonly random: () => number;
	/** In client ids and texts, so that two campaigns never say the same. */
	readonly name: string;
	readonly say: (line: string) => void;
}

export interface Campaign {
	readonly attempted: ReadonlyMap<string, Attempted>;
	readonly kills: number;
	/** Before the app could be asked anything. */
	readonly killedStarting: number;
	/** Texts that a kill caught under way, over all kills. */
	readonly caughtSending: number;
	/** From the start of the process to the moment it can be asked, ms. */
	readonly startMs: readonly number[];
	/** Files that were not whole after a kill. */
	readonly unsound: number;
	readonly searchUnsound: number;
	/** What `inspect` found, over all kills. */
	readonly problems: readonly string[];
}

/** A share of the kills comes while the app is starting. */
const killedWhileStarting = 0.3;

/** Kills the app again and again at random moments while texts go both ways; the profile is left as the last kill left it. */
export async function campaign(options: CampaignOptions): Promise<Campaign> {
	const { config, opponent, kills, lifeMs, typedShare, random, name, say } = options;
	const attempted = new Map<string, Attempted>();
	const startMs: number[] = [];
	const problems: string[] = [];
	const counts = { killedStarting: 0, caughtSending: 0, unsound: 0, searchUnsound: 0 };
	let written = 0;

	const first = new HeadlessApp(options.program, config);
	await first.started;
	await opponent.signIn(first);
	const conversations = await startConversations(first, opponent.peers);
	await first.stop();

	for (let kill = 0; kill < kills; kill++) {
		const app = new HeadlessApp(options.program, config);
		const typical = startMs.at(-1) ?? 1000;
		const state = { dead: false, typing: false };
		const traffic = writeBothWays();
		if (random() < killedWhileStarting) {
			await sleep(random() * typical);
			counts.killedStarting += 1;
		} else {
			const ms = await app.started;
			if (ms !== undefined) startMs.push(ms);
			state.typing = true;
			await sleep(random() * lifeMs);
		}
		state.dead = true;
		await app.kill();
		await traffic;
		if (app.errors !== "" && problems.length < 20)
			problems.push(`kill ${String(kill)}: ${app.errors.slice(0, 300)}`);
		const file = inspectProfile(config.folder);
		if (!file.sound) counts.unsound += 1;
		if (!file.searchSound) counts.searchUnsound += 1;
		counts.caughtSending += file.messages.filter((one) => one.state === "sending").length;
		for (const problem of opponent.inspect(file, attempted))
			if (problems.length < 20) problems.push(`kill ${String(kill)}: ${problem}`);
		if ((kill + 1) % 25 === 0)
			say(
				`${name}: ${String(kill + 1)} kills, ${String(attempted.size)} texts, ${String(counts.caughtSending)} caught ` +
					`under way, ${String(problems.length)} problems`,
			);

		async function writeBothWays(): Promise<void> {
			while (!state.dead) {
				await sleep(random() * 20);
				if (random() >= typedShare) {
					written += 1;
					opponent.write(written);
				} else if (state.typing) void send(app);
			}
		}
	}
	return { attempted, kills, startMs, problems, ...counts };

	async function send(app: HeadlessApp): Promise<void> {
		const peer = opponent.peers[Math.floor(random() * opponent.peers.length)] ?? "";
		const conversationId = conversations.get(peer);
		if (conversationId === undefined) return;
		const clientId = `${name}-${String(attempted.size)}`;
		const text = `${name} text ${String(attempted.size)}`;
		const one: Attempted = { clientId, peer, text, acknowledged: false };
		attempted.set(clientId, one);
		const parts = [{ clientId: asClientMessageId(clientId), text }];
		const answer = await app.invoke("messages.send", { conversationId, parts });
		if (answer?.ok === true) one.acknowledged = true;
	}
}

async function startConversations(
	app: HeadlessApp,
	peers: readonly string[],
): Promise<ReadonlyMap<string, ConversationId>> {
	const made = new Map<string, ConversationId>();
	const snapshot = await app.invoke("app.snapshot", null);
	const accountId = snapshot?.ok === true ? snapshot.value.accounts[0]?.id : undefined;
	if (accountId === undefined) throw new Error("nobody is signed in");
	for (const address of peers) {
		const started = await app.invoke("conversations.start", startWith(accountId, address));
		if (started?.ok === true) made.set(address, started.value.conversationId);
		else throw new Error(`no conversation with ${address}: ${JSON.stringify(started)}`);
	}
	return made;
}

/** Lets the app run until it is online and nothing is on its way any more; false: for so long nothing got less. */
export async function drain(options: CampaignOptions, patienceMs: number): Promise<boolean> {
	const app = new HeadlessApp(options.program, options.config);
	await app.started;
	let until = performance.now() + patienceMs;
	let fewest = Infinity;
	let quiet = 0;
	while (performance.now() < until && quiet < 10) {
		await sleep(200);
		const snapshot = await app.invoke("app.snapshot", null);
		const account = snapshot?.ok === true ? snapshot.value.accounts[0] : undefined;
		const done =
			account !== undefined &&
			account.connection.state === "online" &&
			account.queued === 0 &&
			account.gapsFilling === 0;
		quiet = done ? quiet + 1 : 0;
		// A server that asks for pauses takes its time for a long queue.
		if (account !== undefined && account.queued < fewest) {
			fewest = account.queued;
			until = performance.now() + patienceMs;
		}
	}
	await app.stop();
	return quiet >= 10;
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../main/adapters/electron/system-clock.ts";
import { headlessBundle } from "../../reference/headless-bundle.ts";
import type { HeadlessConfig } from "../../reference/headless-protocol.ts";
import { startReferenceSite } from "../../reference/http-server.ts";
import type { JournalEntry } from "../../reference/journal.ts";
import type { ReferenceServer } from "../../reference/server.ts";
import { seededRandom } from "../check.ts";
import { type Campaign, campaign, drain } from "./campaign.ts";
import { inspectProfile, type FileInspection } from "./file-inspection.ts";
import { type Attempted, type Tally, tally } from "./tally.ts";

export interface CampaignResult extends Campaign {
	readonly tally: Tally;
	readonly drained: boolean;
	/** The file at the end, after an orderly quit. */
	readonly endSound: boolean;
}

const peers = ["ann", "ben", "cem", "dana", "eve"];

/** Kills on the reference server; `keys`: whether it knows a repeated send again. */
export async function referenceCampaign(options: {
	readonly kills: number;
	readonly seed: number;
	readonly keys: boolean;
	readonly say: (line: string) => void;
}): Promise<CampaignResult> {
	const { kills, seed, keys, say } = options;
	const program = await headlessBundle();
	const folder = mkdtempSync(join(tmpdir(), "trunkline-kill-"));
	const site = await startReferenceSite({
		clock: systemClock(),
		random: seededRandom(seed),
		switches: { keys, delayMs: [0, 60], dropReplyShare: 0.03, holdMs: 5000 },
	});
	const config: HeadlessConfig = {
		folder,
		secret: "secret",
		reference: { system: "netsapiens", history: true, idempotentSend: keys, pollMs: null },
		changes: false,
		log: false,
	};
	const random = seededRandom(seed + 1);
	const { server } = site;
	const running = {
		program,
		config,
		kills,
		lifeMs: 900,
		typedShare: 0.5,
		random,
		name: keys ? `keys${String(seed)}` : `nokeys${String(seed)}`,
		say,
		opponent: {
			peers,
			write: (number: number) => {
				// Now and then somebody who has never written before.
				const peer =
					random() < 0.02
						? `new${String(number)}`
						: (peers[Math.floor(random() * peers.length)] ?? "");
				server.receive(peer, `in ${String(number)}`);
			},
			signIn: async (app: Parameters<Parameters<typeof campaign>[0]["opponent"]["signIn"]>[0]) => {
				const answer = await app.invoke("accounts.signIn", {
					system: "netsapiens",
					server: site.origin,
					userName: "agent",
					secret: "secret",
					allowUnencrypted: true,
					method: "password",
					code: null,
					options: {},
				});
				if (answer?.ok !== true) throw new Error(`not signed in: ${JSON.stringify(answer)}`);
			},
			inspect: (file: FileInspection, attempted: ReadonlyMap<string, Attempted>) => [
				...durable(file, attempted),
				...truthful(file, server),
				...acknowledged(file, server),
			],
		},
	};
	try {
		const result = await campaign(running);
		server.switches.dropReplyShare = 0;
		const drained = await drain(running, 60_000);
		const file = inspectProfile(folder);
		return {
			...result,
			drained,
			endSound: file.sound && file.searchSound,
			tally: tally(server.ledger.messages, file, result.attempted),
		};
	} finally {
		await site.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** What the app said that it has, it has. */
export function durable(file: FileInspection, attempted: ReadonlyMap<string, Attempted>): readonly string[] {
	const here = new Set(file.messages.map(({ clientId }) => clientId));
	return [...attempted.values()]
		.filter(({ acknowledged: taken, clientId }) => taken && !here.has(clientId))
		.map(({ text }) => `"${text}" was taken and is gone`);
}

/** What is marked as sent, the server has. */
function truthful(file: FileInspection, server: ReferenceServer): readonly string[] {
	const there = new Set(
		server.ledger.messages.flatMap(({ direction, text }) => (direction === "out" ? text : [])),
	);
	return file.messages
		.filter(({ state, text }) => (state === "sent" || state === "delivered") && !there.has(text))
		.map(({ text }) => `"${text}" is marked as sent, and the server has not got it`);
}

/** No poll left after an answer whose messages are not in the file. */
function acknowledged(file: FileInspection, server: ReferenceServer): readonly string[] {
	const here = new Set(file.messages.map(({ remoteId }) => remoteId));
	const lastOf = new Map<string, JournalEntry>();
	const polls = server.journal.of("connect");
	for (const poll of polls) if (poll.session !== null) lastOf.set(poll.session, poll);
	return polls
		.filter((poll) => poll.session !== null && lastOf.get(poll.session) !== poll)
		.flatMap(({ ids }) => ids.filter((id) => !here.has(id)))
		.map((id) => `${id} was acknowledged and is not in the file`);
}

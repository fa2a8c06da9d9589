import type { MessageEntry } from "../../shared/model.ts";
import type { AppWorld } from "../reference/app-world.ts";

/** What the app has of what the server has. */
export interface Wholeness {
	readonly lost: number;
	readonly duplicated: number;
	/** Conversations whose messages do not stand as the server has them. */
	readonly disordered: number;
	readonly unreadWrong: number;
	/** Rows of open gaps. */
	readonly gapsLeft: number;
	/** Markers in timelines. */
	readonly markersLeft: number;
	/** Own texts shown as failed, or of unknown outcome. */
	readonly troubled: number;
}

/** Compares the store with the server's ledger; every message of the peers counts as unread. */
export async function compareWithLedger(world: AppWorld): Promise<Wholeness> {
	const { ledger } = world.server;
	let [lost, duplicated, disordered, unreadWrong, markersLeft, troubled] = [0, 0, 0, 0, 0, 0];
	const records = new Map(
		(await world.store.conversations(world.accountId)).map((record) => [record.address, record]),
	);
	for (const peer of ledger.peers()) {
		const expected = ledger.conversation(peer);
		const record = records.get(peer);
		const entries = record === undefined ? [] : await world.stored(record.id);
		const kept = entries.filter((entry): entry is MessageEntry => entry.kind === "message");
		const ids = kept.map(({ remoteId }) => remoteId);
		const there = new Set(ids);
		lost += expected.filter(({ id }) => !there.has(id)).length;
		duplicated += ids.length - there.size;
		if (JSON.stringify(ids) !== JSON.stringify(expected.map(({ id }) => id))) disordered += 1;
		if (record?.unread !== expected.filter(({ direction }) => direction === "in").length)
			unreadWrong += 1;
		markersLeft += entries.filter((entry) => entry.kind === "gap").length;
		troubled += kept.filter(({ delivery }) =>
			["failed", "unknown"].includes(delivery?.state ?? ""),
		).length;
	}
	const gapsLeft = (await world.store.openGaps(world.accountId)).length;
	return { lost, duplicated, disordered, unreadWrong, gapsLeft, markersLeft, troubled };
}

/** Time passes until the account is online, nothing is being filled and no text of ours is under way. */
export async function untilFilled(world: AppWorld, ms = 600_000): Promise<void> {
	await world.untilOnline(ms);
	await world.clock.advance(10_000);
	await world.until(async () => {
		const { accounts } = await world.snapshot();
		const quiet = accounts.every(
			({ connection, gapsFilling, queued }) =>
				connection.state === "online" && gapsFilling === 0 && queued === 0,
		);
		return quiet && (await world.store.openGaps(world.accountId)).length === 0;
	}, ms);
}

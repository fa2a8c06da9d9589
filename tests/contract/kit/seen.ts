import type { Desk } from "./desk.ts";

/** What the window shows, what was asked and logged last: for the message of a spec that waits in vain. */
export async function seenBy(desk: Desk): Promise<string> {
	const { accounts, conversations } = await desk.snapshot();
	const timelines: unknown[] = [];
	for (const { peer } of conversations.slice(0, 4))
		timelines.push(
			(await desk.stored(peer.address)).map((entry) =>
				entry.kind === "message"
					? [entry.direction, entry.text.slice(0, 40), entry.delivery?.state, entry.remoteId]
					: [entry.kind],
			),
		);
	const { sent } = desk.world.traffic;
	return JSON.stringify({
		accounts: accounts.map(({ connection, lineId, warnings }) => ({
			state: connection.state,
			problem: connection.problem,
			lineId,
			warnings,
		})),
		conversations: conversations.map(({ peer, unread }) => [peer.address, unread]),
		timelines,
		asked: sent.slice(-12).map(({ method, path }) => `${method} ${path}`),
		log: desk.outside.logger.lines.slice(-8),
	});
}

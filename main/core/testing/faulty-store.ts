import { appError, AppFailure, type ErrorCode } from "../../../shared/errors.ts";
import type { MessageStore } from "../ports/stores.ts";

/** A store whose disk refuses when the test says so. For models of many schedules; real faults are another matter. */
export class FaultyStore {
	readonly store: MessageStore;
	/** Writes asked for so far. */
	writes = 0;
	/** Not null: every write is refused with it. */
	refusal: ErrorCode | null = null;
	/** The write of this number (counted by `writes`) is done, but reported as failed: the worker died under it. */
	lostAnswer = -1;
	/** Process is gone: no call ever answers again. */
	dead = false;

	constructor(inner: MessageStore) {
		const guard = async <T>(run: () => Promise<T>): Promise<T> => {
			if (this.dead) return await new Promise<T>(() => undefined);
			return await run();
		};
		const write: MessageStore["write"] = async (change) =>
			await guard(async () => {
				this.writes += 1;
				const number = this.writes;
				if (this.refusal !== null) throw new AppFailure(appError(this.refusal));
				const written = await inner.write(change);
				if (number === this.lostAnswer) throw new AppFailure(appError("storage.failing"));
				return written;
			});
		this.store = {
			...inner,
			write,
			conversations: (id) => guard(() => inner.conversations(id)),
			media: (id) => guard(() => inner.media(id)),
			mediaOf: (id) => guard(() => inner.mediaOf(id)),
			staged: () => guard(() => inner.staged()),
			entry: (id) => guard(() => inner.entry(id)),
			byClientIds: (ids) => guard(() => inner.byClientIds(ids)),
			byRemoteIds: (id, ids) => guard(() => inner.byRemoteIds(id, ids)),
			unsettled: (id) => guard(() => inner.unsettled(id)),
			unclaimed: (id, since) => guard(() => inner.unclaimed(id, since)),
			unnamed: (id, since) => guard(() => inner.unnamed(id, since)),
		};
	}
}

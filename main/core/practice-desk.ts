import type { AccountId } from "../../shared/ids.ts";
import type { WorkstationStore } from "./ports/stores.ts";

/** Facts of this desk that end with the practice: nothing of it is written down. */
export function practiceDesk(): WorkstationStore {
	const started = new Set<AccountId>();
	return {
		line: () => Promise.resolve(null),
		setLine: () => Promise.resolve(),
		startedHere: (id) => Promise.resolve(started.has(id)),
		setStartedHere: (id, here) => {
			if (here) started.add(id);
			else started.delete(id);
			return Promise.resolve();
		},
	};
}

import type { SystemId } from "../../shared/model.ts";
import type { SystemDescription } from "../../shared/systems.ts";

/** The messaging systems that main can talk to: their names, marks and sign-in forms. */
export class Systems {
	list: readonly SystemDescription[] = $state.raw([]);

	get(id: SystemId | null): SystemDescription | undefined {
		return this.list.find((system) => system.id === id);
	}

	/** Its proper name; of an account whose system this version does not know, what the account calls it. */
	name(id: SystemId): string {
		return this.get(id)?.name ?? id;
	}

	mark(id: SystemId): SystemDescription["mark"] {
		return this.get(id)?.mark ?? { letter: id.charAt(0).toLocaleUpperCase(), colour: 1 };
	}
}

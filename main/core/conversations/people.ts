import type { ConversationId, PersonId } from "../../../shared/ids.ts";
import type { ConversationRecord, StoreWrite } from "../ports/stores.ts";

type Linked = Pick<ConversationRecord, "id" | "personId">;
type Patches = NonNullable<StoreWrite["patches"]>;

/** Makes these conversations one person's, with all that are linked with one of them already. */
export function linkPatches(
	wanted: readonly Linked[],
	all: readonly Linked[],
	newId: () => string,
): { readonly personId: PersonId; readonly patches: Patches } {
	const persons = new Set(wanted.map(({ personId }) => personId).filter((id) => id !== null));
	const [first] = persons;
	const personId = first ?? (newId() as PersonId);
	const ids = new Set<ConversationId>(wanted.map(({ id }) => id));
	const joined = all.filter(({ id, personId: one }) => ids.has(id) || (one !== null && persons.has(one)));
	return { personId, patches: patchesOf(joined, personId) };
}

/** Takes one out. A person with a single conversation left is none. */
export function unlinkPatches({ id, personId }: Linked, all: readonly Linked[]): Patches {
	if (personId === null) return [];
	const others = all.filter((other) => other.personId === personId && other.id !== id);
	return [{ id, patch: { personId: null } }, ...(others.length === 1 ? patchesOf(others, null) : [])];
}

/** Persons of whom nothing but one conversation is left (an account went). */
export function lonelyPatches(all: readonly Linked[]): Patches {
	const linked = all.filter(({ personId }) => personId !== null);
	const persons = [...Map.groupBy(linked, ({ personId }) => personId).values()];
	return persons.flatMap((person) => (person.length === 1 ? patchesOf(person, null) : []));
}

function patchesOf(records: readonly Linked[], personId: PersonId | null): Patches {
	return records.flatMap((record) =>
		record.personId === personId ? [] : [{ id: record.id, patch: { personId } }],
	);
}

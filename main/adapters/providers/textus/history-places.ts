import * as v from "valibot";
import { appError, AppFailure } from "../../../../shared/errors.ts";
import type { EpochMs } from "../../../../shared/model.ts";

/** Where to go on in the timeline of one conversation. */
export interface Place {
	/** Of the conversation. */
	readonly id: string;
	/** Path of the page to read next. */
	readonly path: string;
	/** Of that page only what is older than this; null: all of it. */
	readonly below: EpochMs | null;
	/** How far it was read: where to go on when the server does not know the path any more. */
	readonly reached: EpochMs | null;
}

const schema = v.array(
	v.pipe(
		v.tuple([v.string(), v.string(), v.nullable(v.number()), v.nullable(v.number())]),
		v.transform(([id, path, below, reached]): Place => ({ id, path, below, reached })),
	),
);

/** A cursor as core keeps it. */
export function writePlaces(places: readonly Place[]): string {
	return JSON.stringify(places.map(({ id, path, below, reached }) => [id, path, below, reached]));
}

/** Throws `conversation.notFound` for what is no cursor of this kind. */
export function readPlaces(cursor: string): readonly Place[] {
	try {
		return v.parse(schema, JSON.parse(cursor));
	} catch {
		throw new AppFailure(appError("conversation.notFound"));
	}
}

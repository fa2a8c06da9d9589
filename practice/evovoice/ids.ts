import { randomBytes } from "node:crypto";
import type { PracticeRandom } from "../random.ts";

/** 24 hex digits, the form of the database's ids. */
export function objectId(random: PracticeRandom): string {
	let id = "";
	for (let index = 0; index < 24; index += 1) id += Math.floor(random.next() * 16).toString(16);
	return id;
}

/** A session id: 15 random bytes in base64, without `+` and `/` (sheet, 2.2). Not repeatable: it is a secret. */
export function sessionId(): string {
	for (;;) {
		const id = randomBytes(15).toString("base64");
		if (!/[+/]/.test(id)) return id;
	}
}

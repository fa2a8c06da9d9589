import { expect, test } from "vitest";
import { holds, once, serverKinds } from "./r2.ts";

test.each(serverKinds)(
	"R2, 40 sends and a third of the replies lost, server with $name: nothing twice, nothing lost, no false “sent”",
	async (kind) => {
		const result = await once(1, 40, kind);
		expect({ ...result, holds: holds(kind, result) }).toMatchObject({ sends: 40, holds: true });
	},
);

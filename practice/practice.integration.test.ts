import { afterEach, expect, test } from "vitest";
import { type Practice, practiceSystems, startPractice } from "./index.ts";

const running: Practice[] = [];
afterEach(async () => {
	for (const practice of running.splice(0)) await practice.close();
});

test("practice has an account on each system, on loopback, with a secret of its own", async () => {
	const practice = await startPractice({ seed: 3, disturbances: false });
	running.push(practice);
	expect(practice.accounts.map(({ system }) => system)).toEqual([...practiceSystems]);
	for (const { server } of practice.accounts) expect(server).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	expect(new Set(practice.accounts.map(({ secret }) => secret)).size).toBe(practiceSystems.length);
});

test("one system alone starts nothing of the others", async () => {
	const practice = await startPractice({ seed: 3, systems: ["textus"] });
	running.push(practice);
	expect(practice.accounts.map(({ system }) => system)).toEqual(["textus"]);
	expect([practice.genesys, practice.netsapiens, practice.evovoice]).toEqual([null, null, null]);
});

import { expect } from "vitest";
import type { FaultAction } from "../../../practice/server/faults.ts";
import type { Suite } from "../kit/suite.ts";

/** Texts of somebody who means harm, or writes a language that the author did not think of. */
const texts: Readonly<Record<string, string>> = {
	markup: `<img src=x onerror="alert(1)"><script>alert('x')</script>&amp;&#60;b&#62;`,
	"a template": "{{constructor.constructor('alert(1)')()}} ${7*7} %s %n #{x}",
	"quotes and slashes": `"'\\\\ \\u0041 \\x00 / // */ -- '; DROP TABLE messages;`,
	"both directions": "abc \u202Egnp.exe\u202C \u2067עברית\u2069 العربية",
	"emoji with joiners": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 e\u0301 ﷽ Z̷̢͎͙a̴l̷g̸o̷",
	lines: "one\ntwo\n\nthree\tfour",
	"keys of objects": '__proto__ constructor {"__proto__":{"polluted":true}}',
	"a number": "007",
	"a larger number": "12345678901234567890.50",
	"words of JSON": "null",
	truth: "true",
	"no width at all": "a\u200Bb\uFEFFc\u00ADd\u2060e",
	"an address": "javascript:alert(1) data:text/html,<b> https://example.invalid/?a=1&b=2#c",
	long: `${"lorem ipsum ".repeat(1200)}end`,
};

/** Whatever stands in a text or in an answer: text stays text, and nothing else is lost by it. */
export function hostile({ spec }: Suite): void {
	spec("hostile: texts arrive unchanged", async ({ world, desk }) => {
		const [person] = world.people;
		await desk.online();
		for (const text of Object.values(texts)) await world.write(person, text);
		await world.write(person, "the end");
		await desk.hears(person, "the end");
		await desk.rest();
		const wanted = [...Object.values(texts), "the end"].map((text) => world.facts.carries(text));
		expect(await desk.heard(person)).toEqual(wanted);
	});

	for (const [name, text] of Object.entries(texts))
		spec(`hostile: ${name} is sent unchanged`, async ({ world, desk }) => {
			const [person] = world.people;
			await desk.online();
			const entry = await desk.send(person, text);
			await desk.settles(entry, "sent", "delivered");
			await desk.rest();
			expect(world.accepted()).toEqual([text]);
			expect((await desk.messages(person)).map((message) => message.text)).toEqual([text]);
		});

	spec("hostile: half of a character does not stop what comes after it", async ({ world, desk }) => {
		const [person] = world.people;
		await desk.online();
		await world.write(person, "half \ud83d of it");
		await world.write(person, "whole");
		await desk.hears(person, "whole");
		await desk.rest();
		const heard = await desk.heard(person);
		expect(heard).toHaveLength(2);
		expect(heard[0]).toMatch(/^half .+ of it$/su);
	});

	const answers: readonly (readonly [string, FaultAction])[] = [
		["breaks off", { action: "malformed" }],
		["is a page of a proxy", { action: "html", status: 502 }],
		[
			"is a page with a good status",
			{ action: "body", body: "<html><p>hi</html>", contentType: "text/html" },
		],
		["is null", { action: "body", body: "null" }],
		["is an empty object", { action: "body", body: "{}" }],
		["is a list of nonsense", { action: "body", body: '[null,1,"x",{"id":null},[[]]]' }],
		[
			"has keys that mean harm",
			{
				action: "body",
				body: '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
			},
		],
		["is too large", { action: "huge", bytes: 9_000_000 }],
		["is empty", { action: "body", body: "" }],
		["is a failure", { action: "status", status: 500 }],
		["is reset", { action: "resetAfter" }],
	];
	for (const [name, fault] of answers)
		spec(`hostile: an answer ${name}, and nothing is lost`, async ({ world, desk }) => {
			const [person] = world.people;
			await desk.online();
			await world.write(person, "before");
			await desk.hears(person, "before");
			const broken = world.server.faults.next({ ...fault, match: world.reads });
			await world.write(person, "meanwhile");
			await desk.must("it is answered so", () => broken.hits > 0);
			const asked = (): number => world.server.journal.requests(world.reads).length;
			const before = asked();
			await desk.must("it was, and the next one is asked", () => asked() > before);
			await desk.rest();
			await desk.ready();
			await world.write(person, "after");
			await desk.hears(person, "after");
			await desk.rest();
			// Without a past, what was in an answer that could not be read is lost, and marked.
			const shown = await desk.stored(person);
			const marked = shown.some(({ kind }) => kind === "gap");
			const heard = await desk.heard(person);
			if (world.facts.past || heard.length === 3)
				expect(heard).toEqual(["before", "meanwhile", "after"]);
			else expect([heard, marked]).toEqual([["before", "after"], true]);
			expect(({} as Record<string, unknown>)["polluted"]).toBe(undefined);
		});
}

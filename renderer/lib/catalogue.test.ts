import { expect, test } from "vitest";
import { english } from "../../shared/i18n/catalog.ts";
import { fetchCatalogue } from "./catalogue.ts";

const answers =
	(body: string, status = 200) =>
	(): Promise<Response> =>
		Promise.resolve(new Response(body, { status }));

test("the files beside the page hold the words of the window, as main has them", async () => {
	const words = await fetchCatalogue();
	expect(words["composer.send"]).toBe(english["composer.send"]);
	expect(words["error.auth.codeNeeded"]).toBe(english["error.auth.codeNeeded"]);
});

test.each([
	["missing", answers("Not found", 404)],
	["cut short", answers('{"composer.send": "Se')],
	["of another kind", answers("[7]")],
	["empty", answers("{}")],
	["no texts", answers('{"composer.send": 7}')],
	["not there at all", (): Promise<Response> => Promise.reject(new TypeError("Failed to fetch"))],
])("a file that is %s is refused", async (_, get) => {
	await expect(fetchCatalogue(["words.json"], get)).rejects.toThrow();
});

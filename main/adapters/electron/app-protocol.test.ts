import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
	appProtocolHandler,
	appSchemePrivileges,
	appStartUrl,
	contentSecurityPolicy,
	securityHeaders,
	serveApp,
} from "./app-protocol.ts";
import { isAppUrl } from "./app-url.ts";

/** A limit against hangs, not a measure: other work may hold the processors. */
const propertyLimitMs = 60_000;

let root: string;
let handle: (request: Request) => Promise<Response>;
beforeAll(() => {
	const folder = mkdtempSync(join(tmpdir(), "ui-"));
	root = join(folder, "renderer");
	mkdirSync(join(root, "assets"), { recursive: true });
	writeFileSync(join(folder, "secret.js"), "secret");
	writeFileSync(join(root, "index.html"), "<!doctype html>");
	writeFileSync(join(root, "assets", "index-Ab_1-2.js"), "js");
	writeFileSync(join(root, "assets", "a b.css"), "css");
	writeFileSync(join(root, "licenses.txt"), "text");
	writeFileSync(join(root, ".env.json"), "{}");
	handle = appProtocolHandler({ root });
});
afterAll(() => rmSync(join(root, ".."), { recursive: true, force: true }));

/** `Request` resolves dots and refuses some addresses, which Electron's objects need not do. */
const ask = (url: string, method = "GET"): Promise<Response> => handle({ url, method } as Request);

test.each([
	["app://ui", "text/html; charset=utf-8", "<!doctype html>"],
	["app://ui/", "text/html; charset=utf-8", "<!doctype html>"],
	["app://ui/index.html?x=1#y", "text/html; charset=utf-8", "<!doctype html>"],
	["app://ui/assets/index-Ab_1-2.js", "text/javascript; charset=utf-8", "js"],
	["app://ui/assets/a%20b.css", "text/css; charset=utf-8", "css"],
])("%s is served as %s", async (url, type, text) => {
	const response = await ask(url);
	expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
		200,
		type,
		text,
	]);
});

const outside = [
	"app://ui/../secret.js",
	"app://ui/assets/../../secret.js",
	"app://ui/..%2fsecret.js",
	"app://ui/%2e%2e/secret.js",
	"app://ui/%2e%2e%2fsecret.js",
	"app://ui/.%2e/secret.js",
	"app://ui/%252e%252e/secret.js",
	"app://ui/..%5csecret.js",
	"app://ui/..\\secret.js",
	"app://ui/assets%5c..%5c..%5csecret.js",
	"app://ui/assets%2findex-Ab_1-2.js",
	"app://ui/....//secret.js",
	"app://ui//etc/passwd",
	"app://ui//secret.js",
	"app://ui/%2fetc%2fpasswd",
	"app://ui/C:/Windows/win.js",
	"app://ui/C:%5cWindows%5cwin.js",
	"app://ui/index.html%00.js",
	"app://ui/index.html\0",
	"app://ui/index.html::$DATA",
	"app://ui/index.html.",
	"app://ui/index.html%20",
	"app://ui/%E0%A4%A",
	"app://ui/%c0%ae%c0%ae/secret.js",
	"app://ui/%uff0e%uff0e/secret.js",
	"app://ui/．．/secret.js",
	"app://ui/assets/",
	"app://ui/assets",
	"app://ui/missing.js",
	"app://ui/licenses.txt",
	"app://ui/.env.json",
	"app://ui/../renderer/index.html",
	"app://ui.evil/index.html",
	"app://evil/index.html",
	"app://user@ui/index.html",
	"app://ui:1/index.html",
	"https://ui/index.html",
	"file:///etc/passwd",
	"",
];
test.each(outside)("%j is not found", async (url) => {
	const response = await ask(url);
	expect(response.status).toBe(404);
	expect(await response.text()).toBe("Not found");
});

test("every answer carries every security header, exactly", async () => {
	const policy =
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";
	expect(contentSecurityPolicy).toBe(policy);
	const answers = [
		await ask("app://ui/"),
		await ask("app://ui/nothing"),
		await ask("app://ui/", "POST"),
		await ask("app://ui/", "HEAD"),
	];
	expect(answers.map((response) => response.status)).toEqual([200, 404, 405, 200]);
	for (const response of answers) {
		for (const [name, value] of Object.entries(securityHeaders))
			expect(response.headers.get(name)).toBe(value);
		expect(response.headers.get("content-security-policy")).toBe(policy);
		expect(response.headers.get("x-content-type-options")).toBe("nosniff");
		expect(response.headers.get("cache-control")).toBe("no-store");
	}
	expect(await answers[3]?.text()).toBe("");
});

test(
	"no address reads a file outside the folder, and none makes the handler reject",
	async () => {
		const read: string[] = [];
		const recording = appProtocolHandler({
			root: "/app/dist/renderer",
			read: (path) => {
				read.push(path);
				return Promise.resolve(new Uint8Array());
			},
		});
		const piece = fc.oneof(
			fc.constantFrom(
				"..",
				".",
				"%2e",
				"%2E%2e",
				"/",
				"%2f",
				"\\",
				"%5c",
				"%00",
				"\0",
				"C:",
				"a",
				"index",
				".js",
				".html",
				"%25",
				"//",
				"~",
				" ",
			),
			fc.string({ unit: "binary", maxLength: 3 }),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
				read.length = 0;
				const response = await recording({
					url: `app://ui/${pieces.join("")}`,
					method: "GET",
				} as Request);
				expect([200, 404]).toContain(response.status);
				for (const path of read)
					expect(path).toMatch(/^\/app\/dist\/renderer(?:\/[^/\0\\%:.][^/\0\\%:]*)+$/);
			}),
			{ numRuns: 3000 },
		);
	},
	propertyLimitMs,
);

test("the scheme has the privileges of an ordinary secure page and no more", () => {
	expect(appSchemePrivileges).toEqual({
		scheme: "app",
		privileges: { standard: true, secure: true, supportFetchAPI: true },
	});
	const handled: string[] = [];
	serveApp({ handle: (scheme) => void handled.push(scheme) }, { root });
	expect(handled).toEqual(["app"]);
	expect(appStartUrl).toBe("app://ui/index.html");
});

test.each([
	["app://ui/index.html", true],
	["app://ui", true],
	["app://ui/#/x?y", true],
	["app://ui.evil/", false],
	["app://ui@evil/", false],
	["app://x:y@ui/", false],
	["app://ui:80/", false],
	["app:ui/index.html", false],
	["app:///ui/", false],
	["APP://ui/", true],
	["apps://ui/", false],
	["https://ui/", false],
	["about:blank", false],
	["data:text/html,x", false],
	["blob:app://ui/1", false],
	["", false],
])("is %s our own page? %s", (url, expected) => {
	expect(isAppUrl(url)).toBe(expected);
});

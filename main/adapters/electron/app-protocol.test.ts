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
import type { ImageType } from "../../core/ports/media.ts";
import { gif, jpeg, png } from "../media/testing/pictures.ts";
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
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";
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

const size = { width: 7, height: 5 };
/** What `media` gives, whether it should or not. */
const pictures: Readonly<Record<string, { readonly type: string; readonly bytes: Uint8Array }>> = {
	"0198-aB_c": { type: "image/png", bytes: png(size) },
	moving: { type: "image/gif", bytes: gif(size, 3) },
	photo: { type: "image/jpeg", bytes: jpeg() },
	drawing: { type: "image/svg+xml", bytes: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>") },
	page: { type: "text/html", bytes: Buffer.from("<script>1</script>") },
	"page-as-png": { type: "image/png", bytes: Buffer.from("<script>1</script>") },
	"gif-as-png": { type: "image/png", bytes: gif(size) },
	cut: { type: "image/png", bytes: png(size).subarray(0, 30) },
	huge: { type: "image/jpeg", bytes: jpeg({ width: 60_000, height: 60_000 }) },
};
const askedIds: string[] = [];
const askMedia = (url: string, method = "GET"): Promise<Response> =>
	appProtocolHandler({
		root,
		media: (id) => {
			askedIds.push(id);
			if (id === "broken") return Promise.reject(new Error("disk"));
			const picture = Object.hasOwn(pictures, id) ? pictures[id] : undefined;
			return Promise.resolve(
				picture === undefined ? null : { bytes: picture.bytes, type: picture.type as ImageType },
			);
		},
	})({ url, method } as Request);

test.each(["0198-aB_c", "moving", "photo"])(
	"the picture %s is served as it is, and may do nothing",
	async (id) => {
		const response = await askMedia(`app://ui/media/${id}`);
		expect(response.status).toBe(200);
		expect(Object.fromEntries(response.headers)).toEqual({
			...securityHeaders,
			"content-type": pictures[id]?.type,
			"content-security-policy": "default-src 'none'; sandbox",
			"x-content-type-options": "nosniff",
			"cache-control": "no-store",
		});
		expect(Buffer.from(await response.arrayBuffer()).equals(pictures[id]?.bytes ?? Buffer.alloc(0))).toBe(
			true,
		);
		const head = await askMedia(`app://ui/media/${id}`, "HEAD");
		expect([head.status, head.headers.get("content-type"), await head.text()]).toEqual([
			200,
			pictures[id]?.type,
			"",
		]);
		expect((await askMedia(`app://ui/media/${id}`, "POST")).status).toBe(405);
		// Without the option there are none.
		expect((await ask(`app://ui/media/${id}`)).status).toBe(404);
	},
);

test.each(["drawing", "page", "page-as-png", "gif-as-png", "cut", "huge", "broken", "nobody", "__proto__"])(
	"%s is not served",
	async (id) => {
		const response = await askMedia(`app://ui/media/${id}`);
		expect([response.status, await response.text()]).toEqual([404, "Not found"]);
		expect(response.headers.get("content-security-policy")).toBe(contentSecurityPolicy);
		expect(askedIds).toContain(id);
	},
);

test.each([
	"app://ui/media/",
	"app://ui/media",
	"app://ui/media/photo/",
	"app://ui/media/photo.png",
	"app://ui/media/%70hoto",
	"app://ui/media/../media/photo",
	"app://ui//media/photo",
	"app://ui/MEDIA/photo",
	"app://ui/media/pho to",
	`app://ui/media/${"x".repeat(101)}`,
	"app://evil/media/photo",
	"https://ui/media/photo",
])("%s asks for no picture", async (url) => {
	askedIds.length = 0;
	expect((await askMedia(url)).status).toBe(404);
	expect(askedIds).toEqual([]);
});

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

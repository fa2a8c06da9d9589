import type { CustomScheme, Protocol } from "electron/main";
import { readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { ImageType } from "../../core/ports/media.ts";
import { inspectMedia } from "../media/inspect-media.ts";
import { appHost, appScheme, isAppUrl } from "./app-url.ts";

/**
 * The window's files under `app://ui/`: `standard` for relative addresses and an origin, `secure` for a secure
 * context. Nothing else: no CSP bypass, no service workers, no CORS, no streams.
 */
export const appSchemePrivileges: CustomScheme = {
	scheme: appScheme,
	privileges: { standard: true, secure: true, supportFetchAPI: true },
};

/**
 * What the page may do: run, show and read its own files, talk to nobody. `connect-src`: its words are files beside it.
 * Svelte's one trusted-types policy is named.
 */
export const contentSecurityPolicy = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self'",
	"font-src 'self'",
	"connect-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
	"object-src 'none'",
	"require-trusted-types-for 'script'",
	"trusted-types svelte-trusted-html",
].join("; ");

/** On every answer, errors included. */
export const securityHeaders: Readonly<Record<string, string>> = {
	"content-security-policy": contentSecurityPolicy,
	"x-content-type-options": "nosniff",
	"cache-control": "no-store",
	"referrer-policy": "no-referrer",
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-resource-policy": "same-origin",
};

/** Of a received picture: should it ever be opened as a page of its own, it may do nothing at all. */
const mediaHeaders: Readonly<Record<string, string>> = {
	...securityHeaders,
	"content-security-policy": "default-src 'none'; sandbox",
};

/** Only what the renderer's build writes; a file of any other kind is not served. */
const mimeTypes: Readonly<Record<string, string>> = {
	html: "text/html; charset=utf-8",
	js: "text/javascript; charset=utf-8",
	css: "text/css; charset=utf-8",
	json: "application/json; charset=utf-8",
	svg: "image/svg+xml",
	png: "image/png",
	ico: "image/x-icon",
	webp: "image/webp",
	woff2: "font/woff2",
	mp3: "audio/mpeg",
	wasm: "application/wasm",
};

export interface AppFiles {
	/** The folder of the built renderer; may lie inside an asar, which `fs` reads as a folder. */
	readonly root: string;
	readonly read?: (path: string) => Promise<Uint8Array<ArrayBuffer>>;
	/**
	 * A received picture by its id, for `media/<id>` beside the page; null: there is none. Whatever comes is inspected
	 * once more: this is the last door before the window.
	 */
	readonly media?: (id: string) => Promise<Picture | null>;
}

export interface Picture {
	readonly type: ImageType;
	readonly bytes: Uint8Array;
}

/** Answers one request; never rejects. `net.fetch` on `file:` is not used: the fuse for it is off. */
export function appProtocolHandler({
	root,
	read = readFile,
	media = () => Promise.resolve(null),
}: AppFiles): (request: Request) => Promise<Response> {
	async function content(path: FilePath | string): Promise<Content | null> {
		if (typeof path !== "string")
			return { type: path.type, bytes: await read(path.file), headers: securityHeaders };
		const picture = await media(path);
		const found = picture === null ? null : inspectMedia(picture.bytes, picture.type);
		if (picture === null || found?.kind !== "image" || found.type !== picture.type) return null;
		return { type: found.type, bytes: new Uint8Array(picture.bytes), headers: mediaHeaders };
	}

	return async (request) => {
		const path = isAppUrl(request.url) ? (mediaId(request.url) ?? filePath(root, request.url)) : null;
		if (path === null) return notFound();
		if (request.method !== "GET" && request.method !== "HEAD")
			return answer(405, plainText, "Method not allowed", { ...securityHeaders, allow: "GET, HEAD" });
		try {
			const found = await content(path);
			if (found === null) return notFound();
			return answer(200, found.type, request.method === "HEAD" ? null : found.bytes, found.headers);
		} catch {
			return notFound();
		}
	};
}

interface Content {
	readonly type: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
	readonly headers: Readonly<Record<string, string>>;
}

interface FilePath {
	readonly file: string;
	readonly type: string;
}

/** Serves the scheme in the default session; call once, after `ready`. */
export function serveApp(protocol: Pick<Protocol, "handle">, files: AppFiles): void {
	protocol.handle(appScheme, appProtocolHandler(files));
}

/** The page that the window loads. */
export const appStartUrl = `${appScheme}://${appHost}/index.html`;

const plainText = "text/plain; charset=utf-8";

function notFound(): Response {
	return answer(404, plainText, "Not found", securityHeaders);
}

function answer(
	status: number,
	type: string,
	body: string | Uint8Array<ArrayBuffer> | null,
	headers: Readonly<Record<string, string>>,
): Response {
	return new Response(body, { status, headers: { ...headers, "content-type": type } });
}

/** The path as it was written: the parser of URLs has already resolved dots in its `pathname`. */
function writtenPath(url: string): string {
	return /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? "";
}

/** The id in `/media/<id>`, which is written without any encoding and has no ending. */
function mediaId(url: string): string | null {
	return /^\/media\/([\w-]{1,100})$/.exec(writtenPath(url))?.[1] ?? null;
}

/**
 * The file for an address, or null. Each part of the path is decoded once and must then be a plain name: no
 * dots that climb, no separators of any system, no drive letters or streams, no control characters.
 */
function filePath(root: string, url: string): FilePath | null {
	const written = writtenPath(url);
	const names: string[] = [];
	for (const part of (written === "" || written === "/" ? "/index.html" : written).slice(1).split("/")) {
		const name = decodedName(part);
		if (name === null) return null;
		names.push(name);
	}
	const type = mimeTypes[/\.([a-z0-9]+)$/.exec(names.at(-1) ?? "")?.[1] ?? ""];
	if (type === undefined) return null;
	const file = join(root, ...names);
	const inside = relative(root, file);
	return inside === "" || inside.startsWith(`..${sep}`) || inside === ".." ? null : { file, type };
}

function decodedName(part: string): string | null {
	let name: string;
	try {
		name = decodeURIComponent(part);
	} catch {
		return null;
	}
	// No dot in front, so no climbing; a second layer of encoding is nobody's honest file name here.
	return /^[\w@~+()[\]$-](?:[\w.@~+()[\]$ -]*[\w@~+()[\]$-])?$/u.test(name) ? name : null;
}

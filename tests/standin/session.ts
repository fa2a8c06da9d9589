import { mkdirSync } from "node:fs";
import { app } from "./app.ts";
import { guard, GuardedEmitter } from "./guard.ts";
import { host, running } from "./host.ts";
import { applyPermissions } from "./permissions.ts";
import { fromWeb, protocol } from "./protocol.ts";
import { sessionEvents, type Implements, type Surface } from "./surface.ts";

type PermissionHandler = Parameters<Electron.Session["setPermissionRequestHandler"]>[0];
type PermissionName = Parameters<NonNullable<PermissionHandler>>[1];
type DownloadHandler = unknown;

/** The default session: handlers are kept; permissions are denied in Chromium unless the app allows them. */
class StandInSession extends GuardedEmitter implements Implements<"Session"> {
	readonly protocol = protocol as Electron.Protocol;
	readonly handlers: {
		request: PermissionHandler;
		check: Parameters<Electron.Session["setPermissionCheckHandler"]>[0];
		device: Parameters<Electron.Session["setDevicePermissionHandler"]>[0];
		display: Parameters<Electron.Session["setDisplayMediaRequestHandler"]>[0];
		certificate: Parameters<Electron.Session["setCertificateVerifyProc"]>[0];
		download: DownloadHandler;
	} = { request: null, check: null, device: null, display: null, certificate: null, download: null };
	spellCheckerEnabled = true;
	private languages: string[] = ["en-US"];
	private readonly words = new Set<string>();
	private readonly origins = new Map<string, Electron.WebContents>();
	private proxy: Electron.ProxyConfig = {};

	constructor() {
		super("session", sessionEvents);
	}

	setPermissionRequestHandler(handler: PermissionHandler): void {
		this.handlers.request = handler;
		this.refreshPermissions();
	}

	setPermissionCheckHandler(handler: Parameters<Electron.Session["setPermissionCheckHandler"]>[0]): void {
		this.handlers.check = handler;
		this.refreshPermissions();
	}

	setDevicePermissionHandler(handler: Parameters<Electron.Session["setDevicePermissionHandler"]>[0]): void {
		this.handlers.device = handler;
	}

	setDisplayMediaRequestHandler(
		handler: Parameters<Electron.Session["setDisplayMediaRequestHandler"]>[0],
	): void {
		this.handlers.display = handler;
	}

	setCertificateVerifyProc(handler: Parameters<Electron.Session["setCertificateVerifyProc"]>[0]): void {
		this.handlers.certificate = handler;
	}

	/** Called before a page of an origin (as Chromium knows it) runs. */
	announceOrigin(contents: Electron.WebContents, origin: string): void {
		this.origins.set(origin, contents);
		applyPermissions(origin, (permission) => this.decide(contents, permission, origin));
	}

	/** The permissions of an origin again as the app decides them. */
	restorePermissions(origin: string): void {
		const contents = this.origins.get(origin);
		if (contents !== undefined) this.announceOrigin(contents, origin);
	}

	private refreshPermissions(): void {
		for (const origin of this.origins.keys()) this.restorePermissions(origin);
	}

	/** The check handler decides; with only a request handler nothing is granted unasked; with none, all is. */
	private decide(contents: Electron.WebContents, permission: string, origin: string): boolean {
		if (contents.isDestroyed()) return false;
		const details = {
			isMainFrame: true,
			requestingUrl: contents.getURL(),
			securityOrigin: fromWeb(origin),
		};
		if (this.handlers.check !== null)
			return this.handlers.check(contents, permission as "media", fromWeb(origin), details);
		return this.handlers.request === null;
	}

	setUSBProtectedClassesHandler(): void {
		// No USB device can be reached from here.
	}

	setBluetoothPairingHandler(): void {
		// Windows and Linux have a handler; no Bluetooth device can be reached from here.
	}

	/** Puts a permission to the app's handler; without one Electron grants. */
	askPermission(contents: Electron.WebContents, name: string, externalURL?: string): void {
		const details = {
			requestingUrl: contents.getURL(),
			isMainFrame: true,
			...(externalURL === undefined ? {} : { externalURL }),
		};
		this.handlers.request?.(contents, name as PermissionName, () => undefined, details);
	}

	setSpellCheckerEnabled(enabled: boolean): void {
		this.spellCheckerEnabled = enabled;
	}

	isSpellCheckerEnabled(): boolean {
		return this.spellCheckerEnabled;
	}

	setSpellCheckerLanguages(languages: string[]): void {
		for (const language of languages)
			if (!this.availableSpellCheckerLanguages.includes(language))
				throw new Error(`Invalid language code provided: "${language}" is not a valid language code`);
		this.languages = languages;
	}

	getSpellCheckerLanguages(): string[] {
		return this.languages;
	}

	get availableSpellCheckerLanguages(): string[] {
		return dictionaryLanguages;
	}

	setSpellCheckerDictionaryDownloadURL(): void {
		// Dictionaries are never fetched here.
	}

	addWordToSpellCheckerDictionary(word: string): boolean {
		this.words.add(word);
		return true;
	}

	removeWordFromSpellCheckerDictionary(word: string): boolean {
		return this.words.delete(word);
	}

	listWordsInSpellCheckerDictionary(): Promise<string[]> {
		return Promise.resolve([...this.words]);
	}

	setProxy(config: Electron.ProxyConfig): Promise<void> {
		this.proxy = config;
		return Promise.resolve();
	}

	/** As Chromium on a Linux without desktop settings: given rules, the switch, else the environment. */
	resolveProxy(url: string): Promise<string> {
		return Promise.resolve(resolveProxy(url, this.proxy));
	}

	closeAllConnections(): Promise<void> {
		return Promise.resolve();
	}

	forceReloadProxyConfig(): Promise<void> {
		return Promise.resolve();
	}

	flushStorageData(): void {
		// Chromium writes its profile when it ends.
	}

	async clearCache(): Promise<void> {
		await running().cdp.send("Target.getTargets", {});
	}

	getStoragePath(): string {
		return app.getPath("sessionData");
	}

	get storagePath(): string {
		return this.getStoragePath();
	}

	isPersistent(): boolean {
		return true;
	}

	setUserAgent(agent: string): void {
		app.userAgentFallback = agent;
	}

	getUserAgent(): string {
		return app.userAgentFallback;
	}

	setPreloads(): void {
		throw new Error("session.setPreloads is deprecated; not in stand-in");
	}

	setDownloadPath(folder: string): void {
		mkdirSync(folder, { recursive: true });
	}
}

const dictionaryLanguages = [
	"af",
	"bg",
	"ca",
	"cs",
	"cy",
	"da",
	"de",
	"de-DE",
	"el",
	"en-AU",
	"en-CA",
	"en-GB",
	"en-GB-oxendict",
	"en-US",
	"es",
	"es-419",
	"es-AR",
	"es-ES",
	"es-MX",
	"es-US",
	"et",
	"fa",
	"fo",
	"fr",
	"fr-FR",
	"he",
	"hi",
	"hr",
	"hu",
	"hy",
	"id",
	"it",
	"it-IT",
	"ko",
	"lt",
	"lv",
	"nb",
	"nl",
	"pl",
	"pt-BR",
	"pt-PT",
	"ro",
	"ru",
	"sh",
	"sk",
	"sl",
	"sq",
	"sr",
	"sv",
	"ta",
	"tg",
	"tr",
	"uk",
	"vi",
	"xx",
];

function resolveProxy(url: string, config: Electron.ProxyConfig): string {
	if (config.mode === "direct") return "DIRECT";
	const target = new URL(url);
	const rules = config.proxyRules ?? host.switches.get("proxy-server");
	const bypass = config.proxyBypassRules ?? host.switches.get("proxy-bypass-list") ?? "";
	if (rules !== undefined && rules !== "")
		return bypassed(target, bypass) ? "DIRECT" : applyRules(target, rules);
	if (isLoopback(target.hostname)) return "DIRECT";
	const environment = process.env;
	if (bypassed(target, environment["no_proxy"] ?? environment["NO_PROXY"] ?? "")) return "DIRECT";
	const scheme = target.protocol === "https:" ? "https" : "http";
	const named =
		environment[`${scheme}_proxy`] ??
		environment[`${scheme.toUpperCase()}_PROXY`] ??
		environment["all_proxy"] ??
		environment["ALL_PROXY"];
	return named === undefined || named === "" ? "DIRECT" : asPac(named);
}

function applyRules(target: URL, rules: string): string {
	for (const rule of rules.split(";")) {
		const [scheme, server] = (rule.includes("=") ? rule.split("=", 2) : [undefined, rule]) as [
			string | undefined,
			string | undefined,
		];
		if (server !== undefined && (scheme === undefined || `${scheme}:` === target.protocol))
			return asPac(server);
	}
	return "DIRECT";
}

function asPac(server: string): string {
	if (server === "direct://") return "DIRECT";
	const match = /^(?:(\w+):\/\/)?(?:[^@]*@)?([^/:]+)(?::(\d+))?/.exec(server.trim());
	const kinds: Record<string, string> = {
		https: "HTTPS",
		socks: "SOCKS5",
		socks4: "SOCKS",
		socks5: "SOCKS5",
	};
	const kind = kinds[match?.[1] ?? "http"] ?? "PROXY";
	const port = match?.[3] ?? (kind === "HTTPS" ? "443" : kind.startsWith("SOCKS") ? "1080" : "80");
	return `${kind} ${match?.[2] ?? ""}:${port}`;
}

function isLoopback(name: string): boolean {
	return name === "localhost" || name.endsWith(".localhost") || name.startsWith("127.") || name === "[::1]";
}

function bypassed(target: URL, list: string): boolean {
	return list.split(/[,;\s]+/).some((entry) => {
		if (entry === "") return false;
		if (entry === "*") return true;
		if (entry === "<local>") return !target.hostname.includes(".");
		const name = entry.replace(/^\*?\./, "").replace(/:\d+$/, "");
		return target.hostname === name || target.hostname.endsWith(`.${name}`);
	});
}

const standInSession = new StandInSession();

/** The default session as this code uses it and as the app sees it. */
export const defaultSession = standInSession as unknown as StandInSession & Electron.Session;

/** The `session` module. */
export const session = guard<Surface["session"]>(
	{
		get defaultSession() {
			if (!app.stage.ready) throw new Error("Session can only be received when app is ready");
			return defaultSession;
		},
	},
	"session",
);

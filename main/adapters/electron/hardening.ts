import type { App, Event, Session, WebContents } from "electron/main";
import type { Logger } from "../../core/ports/runtime.ts";
import { isAppUrl } from "./app-url.ts";

export interface HardeningOptions {
	readonly logger: Logger;
	/** What a page that opens a window meant: the address goes to the person's browser, if it may. */
	readonly openLink: (url: string) => void;
}

/** Applies the rules below to every page there will ever be. Call before the first window is made. */
export function hardenApp(app: Pick<App, "on">, options: HardeningOptions): void {
	app.on("web-contents-created", (_event, contents) => {
		keepNavigationInside(contents, options);
		denyWindows(contents, options);
		denyWebviews(contents, options);
	});
	trustNoBadCertificate(app, options);
}

/** Pages go to our own addresses only, by link, script, frame or redirect. */
export function keepNavigationInside(contents: Pick<WebContents, "on">, { logger }: HardeningOptions): void {
	const judge = (kind: string, event: Event<{ readonly url: string }>): void => {
		if (isAppUrl(event.url)) return;
		event.preventDefault();
		logger.warn("security.navigationDenied", { kind, url: schemeAndHost(event.url) });
	};
	contents.on("will-navigate", (event) => judge("navigate", event));
	contents.on("will-frame-navigate", (event) => judge("frame", event));
	contents.on("will-redirect", (event) => judge("redirect", event));
}

/** No page opens a window. */
export function denyWindows(
	contents: Pick<WebContents, "setWindowOpenHandler">,
	{ logger, openLink }: HardeningOptions,
): void {
	contents.setWindowOpenHandler(({ url }) => {
		logger.info("security.windowDenied", { url: schemeAndHost(url) });
		openLink(url);
		return { action: "deny" };
	});
}

/** `webviewTag` is off; should it ever be on, nothing attaches. */
export function denyWebviews(contents: Pick<WebContents, "on">, { logger }: HardeningOptions): void {
	contents.on("will-attach-webview", (event) => {
		event.preventDefault();
		logger.warn("security.webviewDenied");
	});
}

/** Everything a page can ask for is refused: the app needs none of it. Notifications are main's. */
export function denyPermissions(session: Session, { logger }: Pick<HardeningOptions, "logger">): void {
	session.setPermissionRequestHandler((_contents, permission, callback) => {
		logger.warn("security.permissionDenied", { permission });
		callback(false);
	});
	session.setPermissionCheckHandler(() => false);
	session.setDevicePermissionHandler(() => false);
	session.setDisplayMediaRequestHandler((_request, callback) => callback(null));
	session.on("will-download", (event) => {
		event.preventDefault();
		logger.warn("security.downloadDenied");
	});
}

/** A certificate that Chromium does not trust stays untrusted; ours is no page that needs one. */
export function trustNoBadCertificate(
	app: Pick<App, "on">,
	{ logger }: Pick<HardeningOptions, "logger">,
): void {
	app.on("certificate-error", (event, _contents, url, error, _certificate, callback) => {
		event.preventDefault();
		logger.warn("security.certificateRefused", { url: schemeAndHost(url), reason: error });
		callback(false);
	});
	app.on("select-client-certificate", (event, _contents, _url, _list, callback) => {
		event.preventDefault();
		callback();
	});
}

/** Paths and queries of foreign addresses can hold what a customer wrote. */
function schemeAndHost(text: string): string {
	const url = URL.parse(text);
	return url === null ? "not an address" : `${url.protocol}//${url.hostname}`;
}

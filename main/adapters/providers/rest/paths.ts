import { appError } from "../../../../shared/errors.ts";
import { RestFailure } from "./rest-failure.ts";

/** The paths that may be asked for: those below one base URL. */
export class Paths {
	readonly #origin: string;
	/** `""`, or with a slash at the beginning and none at the end. */
	readonly #base: string;

	/** `base`: origin and base path; throws a TypeError when it is no http or https URL. */
	constructor(base: string) {
		const url = new URL(base);
		if (!/^https?:$/.test(url.protocol)) throw new TypeError("the base is no http or https URL");
		this.#origin = url.origin;
		this.#base = url.pathname.replace(/\/+$/, "");
	}

	get host(): string {
		return new URL(this.#origin).host;
	}

	/**
	 * The URL of a path (with query) below the base. Absolute URLs, `//host`, backslashes, control characters and ways
	 * out of the base are refused (`network.foreignRedirect`, `network.badAddress`): nothing has left then.
	 */
	url(path: string): string {
		if (/^(?:[a-z][a-z0-9+.-]*:|[/\\]{2})/i.test(path)) throw foreign(path, this.#origin);
		if (!path.startsWith("/") || /[\\\p{Cc}#]/u.test(path)) throw refused("network.badAddress");
		const url = URL.parse(this.#origin + this.#base + path);
		if (url === null) throw refused("network.badAddress");
		// `/../` would leave the part of the server that is ours.
		if (url.origin !== this.#origin || !url.pathname.startsWith(`${this.#base}/`))
			throw foreign(path, this.#origin);
		return url.href;
	}

	/**
	 * A link that the server gave, as a path for `url`: host-relative or with the server's own origin, with the base path
	 * or (a server behind a proxy does not know its own) without. Refused as in `url`.
	 */
	link(link: string): string {
		const own = link.startsWith(`${this.#origin}/`) ? link.slice(this.#origin.length) : link;
		this.url(own);
		const below = this.#base !== "" && own.startsWith(`${this.#base}/`);
		return below ? own.slice(this.#base.length) : own;
	}
}

function refused(code: "network.badAddress" | "network.foreignRedirect", host?: string): RestFailure {
	const params = host === undefined ? {} : { params: { host } };
	return new RestFailure(appError(code, params), { executed: "no" });
}

function foreign(path: string, origin: string): RestFailure {
	return refused("network.foreignRedirect", URL.parse(path, origin)?.host ?? "");
}

/** Where the window's own page lives: `app://ui/…`. */
export const appScheme = "app";
export const appHost = "ui";

/**
 * Whether `text` is an address of our own page. Parsed, never compared as text: `app://ui.evil`,
 * `app://ui@evil` and `APP://UI` look alike. (`URL.origin` is "null" for schemes Node does not know.)
 */
export function isAppUrl(text: string): boolean {
	const url = URL.parse(text);
	return (
		url !== null &&
		url.protocol === `${appScheme}:` &&
		url.hostname === appHost &&
		url.port === "" &&
		url.username === "" &&
		url.password === ""
	);
}

/** A file of the package that should not be there, with the reason. */
export interface Stranger {
	readonly file: string;
	readonly reason: string;
}

const allowed: readonly RegExp[] = [
	/^package\.json$/,
	/^LICENSE$/,
	/^dist\/main\/(?:index\.js|licenses\.json)$/,
	/^dist\/store\/(?:index\.js|licenses\.json)$/,
	/^dist\/preload\/index\.cjs$/,
	/^dist\/practice\/(?:index\.js|licenses\.json)$/,
	/^dist\/renderer\/index\.html$/,
	/^dist\/renderer\/licenses\.json$/,
	/^dist\/renderer\/(?:assets\/)?[\w.-]+\.(?:js|css|woff2|svg|png|json)$/,
	/^dist\/assets\/icon\.png$/,
	/^dist\/assets\/tray\/[\w@]+(?:-[\w@]+)*\.png$/,
	/^node_modules\/keytar\/(?:package\.json|LICENSE\.md|lib\/keytar\.js)$/,
];

/** Never, wherever they lie: sources, maps, tests, the stand-in, secrets. */
const forbidden: readonly (readonly [RegExp, string])[] = [
	[/\.map$/, "a source map"],
	[/\.(?:ts|mts|cts|svelte)$/, "a source file"],
	[/(?:^|\/)\.env(?:\.|$)/, "an environment file"],
	[/(?:^|\/)(?:tests?|standin|conformance|e2e|__tests__)(?:\/|$)/, "tests or the stand-in"],
	[/\.(?:test|spec)\./, "a test"],
	[/\.(?:pem|key|p12|pfx)$/, "a key"],
];

/**
 * What does not belong into a package.
 * @param files Paths in app.asar (or beside it, unpacked), with `/`, directories left out.
 * @param platform For instance "linux-x64": only its keytar binary may be there.
 */
export function strangers(files: readonly string[], platform: string): readonly Stranger[] {
	const found: Stranger[] = [];
	for (const file of files) {
		const bad = forbidden.find(([pattern]) => pattern.test(file));
		if (bad !== undefined) found.push({ file, reason: bad[1] });
		else if (file !== keytarBinary(platform) && !allowed.some((pattern) => pattern.test(file)))
			found.push({ file, reason: "not on the allow-list" });
	}
	return found;
}

/** The one native file, outside the asar. */
export function keytarBinary(platform: string): string {
	return `node_modules/keytar/prebuilds/${platform}/keytar.node`;
}

import { GuardedEmitter } from "./guard.ts";
import { running } from "./host.ts";
import { nativeThemeEvents, type Implements } from "./surface.ts";

/** `nativeTheme`: the source chosen by the app is shown to every page as its preferred colour scheme. */
class StandInNativeTheme extends GuardedEmitter implements Implements<"nativeTheme"> {
	readonly pages = new Set<string>();
	private source: Electron.NativeTheme["themeSource"] = "system";
	private systemIsDark = (process.env["GTK_THEME"] ?? "").endsWith(":dark");
	readonly shouldUseHighContrastColors = false;
	readonly shouldUseInvertedColorScheme = false;
	readonly shouldUseDarkColorsForSystemIntegratedUI = false;
	readonly shouldDifferentiateWithoutColor = false;
	readonly inForcedColorsMode = false;
	readonly prefersReducedTransparency = false;

	constructor() {
		super("nativeTheme", nativeThemeEvents);
	}

	get shouldUseDarkColors(): boolean {
		return this.source === "system" ? this.systemIsDark : this.source === "dark";
	}

	get themeSource(): Electron.NativeTheme["themeSource"] {
		return this.source;
	}

	set themeSource(source: Electron.NativeTheme["themeSource"]) {
		if (!["system", "light", "dark"].includes(source))
			throw new TypeError(
				`Error processing argument at index 0, conversion failure from ${source as string}`,
			);
		if (source === this.source) return;
		const wasDark = this.shouldUseDarkColors;
		this.source = source;
		this.reapply();
		if (wasDark !== this.shouldUseDarkColors || source === "system")
			setImmediate(() => this.emit("updated"));
	}

	/** For the test that plays the desktop: the system's own theme changes. */
	setSystemDark(dark: boolean): void {
		if (dark === this.systemIsDark) return;
		this.systemIsDark = dark;
		this.reapply();
		setImmediate(() => this.emit("updated"));
	}

	async applyTo(session: string): Promise<void> {
		this.pages.add(session);
		await this.tell(session);
	}

	/** Another debugging client (the test library) may have overwritten the media of a page. */
	reapply(): void {
		for (const session of this.pages) void this.tell(session);
	}

	/** The test library has set the media of a page itself; a value it chose stays, an empty one does not. */
	libraryChangedMedia(): void {
		this.reapply();
	}

	private async tell(session: string): Promise<void> {
		const value = this.shouldUseDarkColors ? "dark" : "light";
		await running()
			.cdp.send(
				"Emulation.setEmulatedMedia",
				{ features: [{ name: "prefers-color-scheme", value }] },
				session,
			)
			.catch(() => this.pages.delete(session));
	}
}

export const nativeTheme = new StandInNativeTheme();

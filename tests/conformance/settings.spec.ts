import { afterAll, beforeAll, expect, test } from "vitest";
import { startSession, type DesktopSession } from "../support/session.ts";
import { eventually, launchPlain, type PlainApp } from "./fixture.ts";

let session: DesktopSession;
let app: PlainApp;
beforeAll(async () => {
	session = await startSession({ notifications: false });
	app = await launchPlain(session);
});
afterAll(async () => {
	await app.close();
	await session.stop();
});

const pageIsDark = (): Promise<boolean> =>
	app.page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);

test("the theme chosen by the app is what the page prefers", async () => {
	for (const [source, dark] of [
		["dark", true],
		["light", false],
		["dark", true],
	] as const) {
		await app.main(({ nativeTheme }, chosen) => {
			nativeTheme.themeSource = chosen;
		}, source);
		await eventually(pageIsDark, (now) => now === dark);
		expect(await app.main(({ nativeTheme }) => nativeTheme.shouldUseDarkColors)).toBe(dark);
	}
});

test("a change of theme is told once", async () => {
	const count = await app.main(
		({ nativeTheme }) =>
			new Promise<number>((resolve) => {
				let told = 0;
				nativeTheme.on("updated", () => told++);
				nativeTheme.themeSource = "light";
				setTimeout(() => {
					resolve(told);
				}, 300);
			}),
	);
	expect(count).toBe(1);
});

test("with handlers that say no, the page gets no permission", async () => {
	const states = await app.main(async ({ session: { defaultSession } }) => {
		defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => {
			answer(false);
		});
		defaultSession.setPermissionCheckHandler(() => false);
		await globalThis.fixture.window.loadURL("app://ui/index.html");
		return globalThis.fixture.window.webContents.getURL();
	});
	expect(states).toBe("app://ui/index.html");
	const denied = await app.page.evaluate(async () => [
		await Notification.requestPermission(),
		await navigator.mediaDevices.getUserMedia({ audio: true }).then(
			() => "granted",
			(error: unknown) => (error as Error).name,
		),
		await new Promise((resolve) => {
			navigator.geolocation.getCurrentPosition(
				() => {
					resolve("granted");
				},
				(error) => {
					resolve(error.code);
				},
			);
		}),
	]);
	expect(denied[0]).toBe("denied");
	expect(denied[1]).toMatch(/NotAllowedError|NotFoundError/);
	expect(denied[2]).toBe(1);
});

test("images can be made, measured, scaled and written", async () => {
	const facts = await app.main(({ nativeImage }) => {
		const bitmap = Buffer.alloc(8 * 4 * 4, 255);
		const image = nativeImage.createFromBitmap(bitmap, { width: 8, height: 4 });
		const again = nativeImage.createFromBuffer(image.toPNG());
		return [
			nativeImage.createEmpty().isEmpty(),
			nativeImage.createFromPath("/nowhere.png").isEmpty(),
			image.getSize(),
			image.resize({ width: 4 }).getSize(),
			again.getSize(),
			again.toBitmap().equals(bitmap),
			nativeImage.createFromDataURL(image.toDataURL()).getSize(),
		];
	});
	const size = { width: 8, height: 4 };
	expect(facts).toEqual([true, true, size, { width: 4, height: 2 }, size, true, size]);
});

test("badge, proxy, displays, power and network can be asked about", async () => {
	const facts = await app.main(
		async ({ app: it, session: { defaultSession }, screen, powerMonitor, net }) => {
			it.setBadgeCount(3);
			await defaultSession.setProxy({
				proxyRules: "http=proxy.invalid:3128",
				proxyBypassRules: "<local>",
			});
			const display = screen.getPrimaryDisplay();
			return [
				await defaultSession.resolveProxy("http://example.invalid/"),
				await defaultSession.resolveProxy("https://example.invalid/"),
				display.bounds.width > 0,
				screen.getAllDisplays().length,
				screen.getDisplayMatching({ x: 0, y: 0, width: 10, height: 10 }).id === display.id,
				typeof powerMonitor.getSystemIdleTime(),
				typeof net.isOnline(),
			];
		},
	);
	expect(facts).toEqual(["PROXY proxy.invalid:3128", "DIRECT", true, 1, true, "number", "boolean"]);
});

test("spelling languages are kept, unknown ones refused", async () => {
	const facts = await app.main(({ session: { defaultSession } }) => {
		defaultSession.setSpellCheckerLanguages(["de"]);
		const languages = defaultSession.getSpellCheckerLanguages();
		try {
			defaultSession.setSpellCheckerLanguages(["none"]);
			return [languages, "accepted"];
		} catch {
			return [languages, "refused"];
		}
	});
	expect(facts).toEqual([["de"], "refused"]);
});

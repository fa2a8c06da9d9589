// The story of the README on the built app, on a desktop of its own: no display and no hand is needed.
// Run by `npm run tour`; leaves numbered pictures in out/tour/, in light and dark.
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { launchApp, repository } from "../support/launch.ts";
import { watchNotifications } from "../support/notifications.ts";
import { waitForOwner } from "../support/bus.ts";
import { type DesktopSession, startSession } from "../support/session.ts";
import { startTrayHost } from "../support/tray.ts";
import { Album, type Theme, themes } from "./album.ts";
import { playStory } from "./story.ts";

const folder = path.join(repository, "out", "tour");
await rm(folder, { recursive: true, force: true });
const album = new Album(folder);
let failed = false;
for (const theme of themes) failed = !(await tour(theme)) || failed;
console.log(failed ? "The tour did not reach its end." : `${String(album.count)} pictures in out/tour/`);
process.exit(failed ? 1 : 0);

/** One walk in one theme; false when something did not come as the story says. */
async function tour(theme: Theme): Promise<boolean> {
	console.log(`\nTrunkline, ${theme}`);
	await using session = await startSession({
		keyring: "unlocked",
		notifications: false,
		screen: { width: 1280, height: 860 },
	});
	await furnish(session, theme);
	using notifications = await watchNotifications(session);
	await using panel = await startTrayHost(session);
	await using app = await launchApp({ session, env: { TRUNKLINE_WORKSTATION: "tour" } });
	const page = await app.window();
	page.setDefaultTimeout(30_000);
	album.begin({ theme, page, session });
	try {
		await page.evaluate((chosen) => window.app.invoke("settings.patch", { theme: chosen }), theme);
		await playStory({
			app,
			page,
			session,
			notifications,
			panel,
			step: (name, words) => album.step(name, words),
			display: (name, words) => album.display(name, words),
		});
		return true;
	} catch (error) {
		await album.step("stopped-here", error instanceof Error ? error.message : "unknown");
		console.error(app.stderr().slice(-2000));
		return false;
	}
}

/** A background, and a notification daemon that looks as on a person's desktop. */
async function furnish(session: DesktopSession, theme: Theme): Promise<void> {
	const look =
		theme === "light"
			? { gradient: "gradient:#c3cfdd-#93a5bb", ground: "#ffffff", text: "#1b1f24", frame: "#c5ccd6" }
			: { gradient: "gradient:#2b3648-#151b26", ground: "#22272e", text: "#e6e8eb", frame: "#3a424d" };
	session.start("display", ["-window", "root", "-size", "1280x860", look.gradient]);
	const file = path.join(session.folder, "dunstrc");
	const lines = [
		"[global]",
		"font = Sans 10",
		"width = 340",
		"offset = 24x24",
		"padding = 14",
		"horizontal_padding = 16",
		"corner_radius = 10",
		"frame_width = 1",
		"show_indicators = no",
		"sort = no",
		"notification_limit = 0",
		"idle_threshold = 0",
		"mouse_left_click = do_action, close_current",
		`frame_color = "${look.frame}"`,
		...["low", "normal", "critical"].flatMap((urgency) => [
			`[urgency_${urgency}]`,
			`background = "${look.ground}"`,
			`foreground = "${look.text}"`,
			"timeout = 0",
		]),
	];
	await writeFile(file, `${lines.join("\n")}\n`);
	session.start("dunst", ["-conf", file]);
	await waitForOwner(session.bus, "org.freedesktop.Notifications");
}

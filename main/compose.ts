import { nativeImage, shell } from "electron/common";
import {
	app,
	clipboard,
	dialog,
	ipcMain,
	Menu,
	net,
	Notification,
	powerMonitor,
	session,
	Tray,
} from "electron/main";
import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { hostname, release, tmpdir } from "node:os";
import { join } from "node:path";
import { appError } from "../shared/errors.ts";
import { resolveLocale } from "../shared/i18n/catalog.ts";
import { translator } from "../shared/i18n/translate.ts";
import { asConversationId } from "../shared/ids.ts";
import type { About } from "../shared/ipc/contract.ts";
import { createBadge } from "./adapters/electron/badge.ts";
import { createExternalLinks } from "./adapters/electron/external-links.ts";
import { createFileSaver } from "./adapters/electron/file-saver.ts";
import { folders } from "./adapters/electron/folders.ts";
import { type HandedOver, onSecondInstance } from "./adapters/electron/instance.ts";
import { serveCommands } from "./adapters/electron/ipc-server.ts";
import { createLifecycle } from "./adapters/electron/lifecycle.ts";
import { sessionBusSocket } from "./adapters/electron/linux/bus-address.ts";
import {
	lateTrayHost,
	notificationDaemonPresent,
	notificationDaemonReadsMarkup,
	permanentTrayHost,
	statusNotifierHost,
} from "./adapters/electron/linux/desktop-services.ts";
import { connectSessionBus } from "./adapters/electron/linux/session-bus.ts";
import { createNotifier } from "./adapters/electron/notifier.ts";
import { createPowerAndNetwork, quitOnShutdown } from "./adapters/electron/power-and-network.ts";
import type { Switches } from "./adapters/electron/switches.ts";
import { systemClock, systemRandom } from "./adapters/electron/system-clock.ts";
import { trayImages } from "./adapters/electron/tray-images.ts";
import { createTray } from "./adapters/electron/tray.ts";
import { createFileLogger, type FileLogger } from "./adapters/logging/logger.ts";
import { mediaInspector, safeName } from "./adapters/media/media-inspector.ts";
import { practiceHost } from "./adapters/practice/practice-host.ts";
import { openAccountFile } from "./adapters/storage/account-file.ts";
import { workerMessageStore } from "./adapters/storage/database/worker-message-store.ts";
import { openSettingsFile } from "./adapters/storage/settings-file.ts";
import { openWorkstationFile } from "./adapters/storage/workstation-file.ts";
import { workstationId } from "./adapters/storage/workstation-id.ts";
import { composeKeychain } from "./compose-keychain.ts";
import { composeNetwork } from "./compose-network.ts";
import { assetFolder, composeWindow, unreadOverlay } from "./compose-window.ts";
import { createCore } from "./core/app.ts";
import type { Core, ProvisionSource } from "./core/ports/core.ts";
import { type Logger, pause } from "./core/ports/runtime.ts";
import type { MessageStore } from "./core/ports/stores.ts";

/** How long the start waits for the desktop to say whether it has a tray; later is possible too. */
const trayPatienceMs = 500;

/** Builds every object and starts the application. Called once, when Electron is ready. */
export async function compose(switches: Switches): Promise<void> {
	const platform = process.platform;
	const clock = systemClock();
	const random = systemRandom();
	const where = folders(app, platform, process.env, switches.userDataDir !== null);
	const logger = createFileLogger({ folder: where.logs, clock });
	logUncaught(logger);
	logger.info("app.start", {
		version: app.getVersion(),
		platform,
		release: release(),
		practice: switches.practice,
	});

	const linux = platform === "linux";
	const files = { folder: where.profile, clock, logger };
	const starts = laterStarts(logger);
	// A bus that hangs must not keep the window away: the tray may come late.
	const connecting = linux
		? connectSessionBus({ socket: sessionBusSocket(process.env), clock, logger })
		: Promise.resolve(null);
	const arriving = connecting.then((bus) => (linux ? statusNotifierHost(bus, logger) : permanentTrayHost));
	const trayHost = linux ? lateTrayHost(arriving) : permanentTrayHost;
	const [settings, accounts, workstation] = await Promise.all([
		openSettingsFile(files),
		openAccountFile(files),
		workstationId({
			platform,
			hostName: hostname(),
			override: process.env["TRUNKLINE_WORKSTATION"],
			localFolder: where.local,
			uuid: randomUUID,
		}).then((id) => openWorkstationFile({ ...files, workstation: id })),
		Promise.race([arriving, pause(clock, trayPatienceMs)]),
	]);

	const messageStore = (path: string): MessageStore =>
		workerMessageStore({
			path,
			temporaryFolder: tmpdir(),
			program: new URL("../store/index.js", import.meta.url),
			logger,
		});
	const locale = (): string => {
		const chosen = settings.get().locale;
		return resolveLocale([...(chosen === null ? [] : [chosen]), ...app.getPreferredSystemLanguages()]);
	};
	const translate = translator(locale());
	const links = createExternalLinks(shell, logger);

	// Made last, because it needs the rest; by the time anybody clicks it is there.
	let core: Core | null = null;
	const tray = createTray({
		Tray,
		Menu,
		platform,
		translate,
		host: trayHost,
		image: trayImages({ nativeImage, platform, folder: join(assetFolder(), "tray") }),
		actions: {
			open: () => window.show(),
			setAgentState: (accountId, stateId) =>
				void core?.handlers["accounts.setAgentState"]({ accountId, stateId }),
			quit: () => lifecycle.quit(),
		},
		logger,
	});
	const { window, send } = composeWindow({
		profile: where.profile,
		clock,
		logger,
		settings,
		translate,
		links,
		picture: async (id) => (await core?.media(id)) ?? null,
		trayAvailable: () => tray.available(),
		onSessionEnd: () => lifecycle.endSession(),
		quit: () => lifecycle.quit(),
	});
	tray.onAvailability((available) => window.trayChanged(available));

	const lifecycle = createLifecycle({
		app,
		platform,
		clock,
		logger,
		stop: async (deadlineMs) => {
			await Promise.all([window.savePlace(), core?.stop(deadlineMs)]);
			tray.destroy();
			void connecting.then((bus) => bus?.close());
		},
		onQuitting: () => window.allowClose(),
		onActivate: () => window.show(),
		livesWithoutWindow: () => tray.available(),
		beforeExit: () => logger.flush(),
	});
	quitOnShutdown(powerMonitor, platform, () => lifecycle.quit());

	const about: About = {
		version: app.getVersion(),
		electron: process.versions.electron,
		chromium: process.versions.chrome,
		node: process.versions.node,
		platform: `${platform} ${release()}`,
		standIn: process.env["TRUNKLINE_HOST"] === "standin",
	};
	const notifier = createNotifier({
		Notification,
		platform,
		clock,
		logger,
		daemonPresent: async () => notificationDaemonPresent(await connecting),
		readsMarkup: async () => notificationDaemonReadsMarkup(await connecting),
		onOldActivation: (key) => {
			window.show();
			if (key !== null) window.navigate({ to: "conversation", conversationId: asConversationId(key) });
		},
	});
	const made = createCore({
		clock,
		random,
		logger,
		messages: messageStore(join(where.messages, "messages.db")),
		practiceMessages: () => messageStore(":memory:"),
		accounts,
		workstation,
		settings,
		secrets: composeKeychain({ platform, connecting, clock, random, logger }),
		notifier,
		tray,
		badge: createBadge({
			app,
			platform,
			translate,
			window: () => window.window(),
			overlay: unreadOverlay,
		}),
		window,
		power: createPowerAndNetwork({ powerMonitor, net, clock }),
		links,
		files: createFileSaver({
			dialog,
			window: () => window.window(),
			folder: () => app.getPath("documents"),
			translate,
			logger,
		}),
		safeFileName: safeName,
		inspector: mediaInspector,
		...composeNetwork({ clock, resolveProxy: (url) => session.defaultSession.resolveProxy(url) }),
		practice: practiceHost(new URL("../practice/index.js", import.meta.url)),
		about,
		locale,
		quit: () => lifecycle.quit(),
		copyDiagnostics: () => void clipboard.writeText(diagnostics(about, made)),
	});
	core = made;
	if (settings.opened === "restored" || settings.opened === "broken")
		made.notice(appError("settings.unreadable"));

	serveCommands({ ipcMain, page: () => window.page(), handlers: made.handlers, logger });
	made.subscribe((payload) => send("changes", payload));
	starts.follow((start) => {
		if (!start.hidden) window.show();
		if (start.provision !== null) made.provision(provisionFile(start.provision));
		if (start.practice) void made.handlers["practice.start"](null);
	});

	// The window opens on what is here; accounts sign in behind it.
	const opened = window.open({ hidden: switches.hidden });
	await made.start({
		practice: switches.practice,
		provision: switches.provision === null ? null : provisionFile(switches.provision),
	});
	await opened;
}

/** A start that comes while this one is still being built waits for it. */
function laterStarts(logger: Logger): { follow(run: (start: HandedOver) => void): void } {
	const waiting: HandedOver[] = [];
	let run = (start: HandedOver): void => void waiting.push(start);
	onSecondInstance(app, logger, (start) => run(start));
	return {
		follow(next) {
			run = next;
			for (const start of waiting.splice(0)) next(start);
		},
	};
}

/** What nobody caught is written down; a messaging app that still receives goes on. */
function logUncaught(logger: FileLogger): void {
	const write = (event: string, thrown: unknown): void => {
		const { message: reason, stack } = thrown instanceof Error ? thrown : new Error("not an error");
		logger.error(event, { reason, stack });
		logger.flush();
	};
	process.on("uncaughtException", (error) => write("app.uncaught", error));
	process.on("unhandledRejection", (error) => write("app.unhandled", error));
}

function provisionFile(path: string): ProvisionSource {
	return { read: () => readFile(path, "utf8"), remove: () => rm(path) };
}

/** What a person may pass on: versions and states, no names, numbers or texts. */
function diagnostics(about: About, core: Core): string {
	return JSON.stringify({ about, health: core.health() }, null, "\t");
}

import type { App, Protocol } from "electron/main";
import * as v from "valibot";
import type { Logger } from "../../core/ports/runtime.ts";
import { appSchemePrivileges } from "./app-protocol.ts";
import { useProfile } from "./folders.ts";
import { parseSwitches, type Switches } from "./switches.ts";

/** The identity under which Windows files notifications and task bar buttons; electron-builder's `appId`. */
export const appUserModelId = "app.trunkline.desktop";

export interface BeforeReadyOptions {
	readonly app: Pick<App, "enableSandbox" | "requestSingleInstanceLock" | "setAppUserModelId" | "setPath">;
	readonly protocol: Pick<Protocol, "registerSchemesAsPrivileged">;
	readonly platform: NodeJS.Platform;
	readonly commandLine: readonly string[];
	readonly workingFolder: string;
}

/** What a second start hands over; checked on arrival like any other input. */
const handedOver = v.strictObject({
	practice: v.boolean(),
	hidden: v.boolean(),
	provision: v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(4096))),
});
export type HandedOver = v.InferOutput<typeof handedOver>;

/**
 * Everything that must happen while the entry module is evaluated, before `ready`: the profile, the sandbox,
 * our scheme, the lock. Synchronous: Electron becomes ready only after the entry module, so waiting for
 * `ready` at its top level would wait for ever.
 * `first` false: another instance has been told; quit.
 */
export function beforeReady(options: BeforeReadyOptions): {
	readonly first: boolean;
	readonly switches: Switches;
} {
	const { app, protocol, platform, commandLine, workingFolder } = options;
	const switches = parseSwitches(commandLine, workingFolder);
	if (switches.userDataDir !== null) useProfile(app, switches.userDataDir);
	app.enableSandbox();
	protocol.registerSchemesAsPrivileged([appSchemePrivileges]);
	if (platform === "win32") app.setAppUserModelId(appUserModelId);
	const { practice, hidden, provision } = switches;
	return {
		first: app.requestSingleInstanceLock({ practice, hidden, provision } satisfies HandedOver),
		switches,
	};
}

/**
 * Calls back for every later start on this profile. What it handed over is used; where that is missing (another
 * user's start hides it), its command line is read.
 */
export function onSecondInstance(
	app: Pick<App, "on">,
	logger: Logger,
	listener: (start: HandedOver) => void,
): void {
	app.on("second-instance", (_event, commandLine, workingFolder, additional: unknown) => {
		const parsed = v.safeParse(handedOver, additional);
		const { practice, hidden, provision } = parsed.success
			? parsed.output
			: parseSwitches(commandLine, workingFolder);
		logger.info("app.secondStart", { practice, hidden, provision: provision !== null });
		listener({ practice, hidden, provision });
	});
}

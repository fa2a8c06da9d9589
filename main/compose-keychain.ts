import { secretServiceLocked } from "./adapters/electron/linux/desktop-services.ts";
import type { SessionBus } from "./adapters/electron/linux/session-bus.ts";
import { keychainBackend, secretServiceName } from "./adapters/secrets/backend-name.ts";
import { createKeychain } from "./adapters/secrets/keychain.ts";
import type { Keytar } from "./adapters/secrets/secret-items.ts";
import type { Clock, Logger, Random } from "./core/ports/runtime.ts";
import type { Secrets } from "./core/ports/system.ts";

/** The keychain of this computer. On Linux the bus says who keeps it and whether it is locked. */
export function composeKeychain(options: {
	readonly platform: NodeJS.Platform;
	readonly connecting: Promise<SessionBus | null>;
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
}): Secrets {
	const { platform, connecting, clock, random, logger } = options;
	const linux = platform === "linux";
	return createKeychain({
		load: async () => {
			const loaded = (await import("keytar")) as unknown as Keytar & { readonly default?: Keytar };
			return loaded.default ?? loaded;
		},
		backend: keychainBackend(platform, null),
		...(linux
			? {
					describeBackend: async () => {
						const bus = await connecting;
						const name = bus === null ? null : await secretServiceName(bus);
						return name === null ? null : keychainBackend(platform, name);
					},
					isLocked: async () => secretServiceLocked(await connecting),
				}
			: {}),
		clock,
		random,
		logger,
	});
}

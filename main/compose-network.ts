import { createCometdClient } from "./adapters/net/cometd-client.ts";
import { createHttpClient } from "./adapters/net/http-client.ts";
import { createMediaClient } from "./adapters/net/media-client.ts";
import { createTrustStore } from "./adapters/net/trust-store.ts";
import { createUploadClient } from "./adapters/net/upload-client.ts";
import { createPhoneNumbers } from "./adapters/numbers/phone-numbers.ts";
import { createProviders } from "./adapters/providers/registry.ts";
import type { CorePorts } from "./core/ports/core.ts";
import type { Clock } from "./core/ports/runtime.ts";

/** The systems, and the HTTP clients that their accounts use: one trust store for all, cookies for each. */
export function composeNetwork(options: {
	readonly clock: Clock;
	readonly resolveProxy: (url: string) => Promise<string>;
}): Pick<CorePorts, "http" | "media" | "numbers" | "providers"> {
	const trust = createTrustStore();
	return {
		providers: createProviders({
			createCometdClient,
			createUploadClient: (server) =>
				createUploadClient({
					accountOrigin: new URL(server).origin,
					clock: options.clock,
					trust,
					resolveProxy: options.resolveProxy,
				}),
		}),
		media: (server) =>
			createMediaClient({
				accountOrigin: new URL(server).origin,
				clock: options.clock,
				trust,
				resolveProxy: options.resolveProxy,
			}),
		numbers: createPhoneNumbers(),
		http: (server) =>
			createHttpClient({
				origin: new URL(server).origin,
				clock: options.clock,
				trust,
				resolveProxy: options.resolveProxy,
			}),
	};
}

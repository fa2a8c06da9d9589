import { createHttpClient } from "../../../main/adapters/net/http-client.ts";
import { createMediaClient } from "../../../main/adapters/net/media-client.ts";
import { createTrustStore } from "../../../main/adapters/net/trust-store.ts";
import { createPhoneNumbers } from "../../../main/adapters/numbers/phone-numbers.ts";
import type { CorePorts } from "../../../main/core/ports/core.ts";
import type { FakeWorld } from "../../../main/core/testing/fake-ports.ts";
import type { ContractWorld } from "./world.ts";

const trust = createTrustStore(() => []);

/** What core needs: real on the side of the server, in memory on the side of the desktop. */
export function portsOf(
	{ provider, time, wireTime, traffic }: ContractWorld,
	{ ports }: FakeWorld,
): CorePorts {
	return {
		...ports,
		clock: time,
		providers: new Map([[provider.system, provider]]),
		numbers: createPhoneNumbers(),
		http: (server) => {
			const { origin } = new URL(server);
			return traffic.http(createHttpClient({ origin, clock: wireTime, trust }));
		},
		media: (server) => {
			const accountOrigin = new URL(server).origin;
			return traffic.media(createMediaClient({ accountOrigin, clock: wireTime, trust }));
		},
	};
}

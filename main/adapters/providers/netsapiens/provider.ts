import { type AppError, appError } from "../../../../shared/errors.ts";
import { textsOnly } from "../../../../shared/threads.ts";
import type {
	Capabilities,
	Credentials,
	NewThread,
	Provider,
	ProviderContext,
	Thread,
} from "../../../core/ports/provider.ts";
import { Api } from "./api.ts";
import { beginThread } from "./begin.ts";
import { description } from "./description.ts";
import { NetsapiensSession, devicesOf, smsNumbers } from "./session.ts";
import { signIn } from "./sign-in.ts";

const capabilities: Capabilities = {
	sessionless: true,
	history: true,
	// There is no key that would make a second send the same message (sheet, 3.9).
	idempotentSend: false,
	mode: "poll",
	agentStates: false,
	softLimit: null,
	abilities: { ...textsOnly, groups: true, directory: true },
	retries: false,
	// Best effort (row 7).
	readMarks: true,
};

/** NetSapiens / Crexendo ns-api v2 (44.x, 45.x): SMS and MMS by the agent's numbers, chat by the extension. */
export class NetsapiensProvider implements Provider {
	readonly system = description.id;
	readonly description = description;
	readonly capabilities = capabilities;

	begin(wanted: NewThread, context: Pick<ProviderContext, "random" | "numbers">): Thread {
		return beginThread(wanted, context);
	}

	/** Version probe, sign-in, who the agent is, and the agent's numbers. */
	async open(
		credentials: Credentials,
		context: ProviderContext,
		signal: AbortSignal,
	): Promise<NetsapiensSession> {
		const signedIn = await signIn(credentials, context, signal);
		try {
			const api = new Api(signedIn.rest, signedIn.me);
			const numbers = await smsNumbers(api, signal);
			const devices = await devicesOf(api, signal);
			const registered = devices.filter((device) => device.registered).length;
			const { version, readOnly, wide } = signedIn;
			context.logger.info("signed in", {
				version,
				readOnly,
				wide,
				numbers: numbers.length,
				devices: devices.length,
				registered,
			});
			return new NetsapiensSession({
				context,
				server: credentials.server,
				signedIn,
				api,
				numbers,
				devices,
				expired: expiredBy(credentials),
			});
		} catch (thrown) {
			signedIn.bearer.stop();
			throw thrown;
		}
	}
}

/** A key that is refused is replaced by another one; a sign-in is made anew (row 14). */
function expiredBy({ method }: Credentials): AppError {
	return appError(method === "apiKey" ? "auth.tokenRefused" : "auth.sessionExpired");
}

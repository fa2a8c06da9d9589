import { AppFailure, appError } from "../../../../shared/errors.ts";
import { asLineId } from "../../../../shared/ids.ts";
import { plainThread, textsOnly } from "../../../../shared/threads.ts";
import type {
	Capabilities,
	Credentials,
	NewThread,
	Provider,
	ProviderContext,
	ProviderSession,
	Thread,
} from "../../../core/ports/provider.ts";
import type { Numbers } from "../../../core/ports/numbers.ts";
import type { Budget } from "../rest/rate.ts";
import { canonicalAddress, isMail, keyOf } from "./conversation-key.ts";
import { description } from "./description.ts";
import { EvoRest } from "./evo-rest.ts";
import { EvoSession } from "./session.ts";
import { SignIn } from "./sign-in.ts";

export interface EvoVoiceProviderOptions {
	/** Row 19: how many requests may leave; default 300 in five minutes. */
	readonly budget?: Budget;
}

const capabilities: Capabilities = {
	sessionless: true,
	history: true,
	// There is no id of the client's (sheet, 5.1).
	idempotentSend: false,
	mode: "poll",
	// Read-only (row 21): it is shown, not offered.
	agentStates: false,
	// Row 11: no limit is known, so none is set.
	softLimit: null,
	abilities: { ...textsOnly, directory: true },
	retries: false,
	// Row 5: no call is known that marks something as read.
	readMarks: false,
};

/** EvoVoice (evovoice.io, ServiceStack): HTTP with cookies or Basic, JSON or XML, and polls. */
export class EvoVoiceProvider implements Provider {
	readonly system = description.id;
	readonly description = description;
	readonly capabilities = capabilities;
	readonly #options: EvoVoiceProviderOptions;

	constructor(options: EvoVoiceProviderOptions = {}) {
		this.#options = options;
	}

	/** The key is the line's endpoint and the address in one spelling (`conversation-key.ts`). */
	begin({ addresses, line }: NewThread, { numbers }: Pick<ProviderContext, "numbers">): Thread {
		const [typed] = addresses;
		if (addresses.length > 1) throw new AppFailure(appError("peer.tooMany", { params: { count: 1 } }));
		if (line === null) throw new AppFailure(appError("line.none"));
		const address = addressOf(typed ?? "", line.address, numbers);
		if (address === null) throw new AppFailure(appError("peer.badAddress", { detail: typed }));
		return {
			peer: keyOf({ endpointId: line.id, address }),
			address,
			formatted: numbers.format(address, line.address),
			facts: {
				...plainThread(isMail(address) ? "chat" : "sms"),
				line: { id: asLineId(line.id), label: numbers.format(line.address, null) },
			},
		};
	}

	/** Format, sign-in, who it is; then lines, conversations and contacts (sheet, 10). */
	async open(
		credentials: Credentials,
		context: ProviderContext,
		signal: AbortSignal,
	): Promise<ProviderSession> {
		const { server, userName, options } = credentials;
		const signIn = new SignIn(credentials, context.logger);
		const rest = new EvoRest({ server, context, authorizer: signIn, budget: this.#options.budget });
		signIn.attach(rest);
		const user = await signIn.open(signal);
		// Row 18: an administrator without a list of accounts would see all tenants mixed.
		if (user.accountIds.length === 0 && user.roles.includes("SystemAdministrator"))
			throw new AppFailure(appError("auth.accessDenied"));
		const { format, by } = rest.dialect;
		context.logger.info("evovoice.signedIn", {
			way: signIn.way,
			format,
			by,
			accounts: user.accountIds.length,
		});
		const endpointIds = (options["endpointIds"] ?? "").split(/[\s,;]+/).filter(Boolean);
		const session = new EvoSession({ context, server, rest, signIn, user, userName, endpointIds });
		await session.begin(signal);
		if (credentials.forgetSecret === true) signIn.forgetSecret();
		return session;
	}
}

/** Null: nothing that a message can go to. */
function addressOf(typed: string, ownNumber: string, numbers: Numbers): string | null {
	const text = typed.trim();
	const parsed = numbers.parse(text, { ownNumber, country: null });
	if (parsed !== null) return parsed.e164;
	// Somebody who writes the country code means it, even for a number that no plan has.
	const whole = text.replace(/[\s().-]/g, "");
	if (/^\+\d{7,15}$/.test(whole)) return whole;
	return isMail(text) ? canonicalAddress(text, numbers) : null;
}

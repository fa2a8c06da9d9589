import { appError, AppFailure } from "../../../../shared/errors.ts";
import { plainThread } from "../../../../shared/threads.ts";
import type {
	Capabilities,
	Credentials,
	NewThread,
	Provider,
	ProviderContext,
	Thread,
} from "../../../core/ports/provider.ts";
import { readAccounts } from "./account-list.ts";
import { Api } from "./api.ts";
import { description } from "./description.ts";
import { keyOf } from "./key.ts";
import { TextusSession } from "./session.ts";
import { readProfile, tokenAuthorizer, tokenRefused } from "./sign-in.ts";
import { uploadBase } from "./upload-address.ts";
import { type UploadClient, Uploads } from "./upload.ts";

export interface TextusProviderOptions {
	/**
	 * Makes the way to the operator's upload service of one account (`server`: the account's own). Left out: files of
	 * this computer cannot be attached, whatever address is configured.
	 */
	readonly createUploadClient?: (server: string) => UploadClient;
}

const capabilities: Capabilities = {
	sessionless: true,
	history: true,
	// Row 10.
	idempotentSend: false,
	mode: "poll",
	agentStates: false,
	// Row 19: what the server says counts.
	softLimit: null,
	abilities: {
		savedReplies: true,
		schedule: true,
		folders: true,
		// Several recipients each get a message of their own: nobody sees the others.
		groups: false,
		typedNumbers: true,
		directory: true,
		contactCards: true,
	},
	retries: true,
	readMarks: true,
};

/** TextUs, its "Next" API: a REST API that is asked for news. */
export class TextusProvider implements Provider {
	readonly system = description.id;
	readonly description = description;
	readonly capabilities = capabilities;
	readonly #options: TextusProviderOptions;

	constructor(options: TextusProviderOptions = {}) {
		this.#options = options;
	}

	/** The key is the account's slug and the number (key.ts): the same whenever it is begun, and whoever wrote first. */
	begin({ addresses, line }: NewThread, { numbers }: Pick<ProviderContext, "numbers">): Thread {
		if (line === null) throw new AppFailure(appError("line.none"));
		const context = { ownNumber: line.address === "" ? null : line.address, country: null };
		const found = addresses.map((address) => {
			const parsed = numbers.parse(address, context);
			if (parsed === null) throw new AppFailure(appError("peer.badAddress", { detail: address }));
			return parsed.e164;
		});
		const all = [...new Set(found)].sort();
		if (all.length === 0) throw new AppFailure(appError("peer.badAddress"));
		const formatted = all.map((number) => numbers.format(number, context.ownNumber));
		const members = all.map((address) => ({ address, name: null }));
		return {
			peer: keyOf(line.id, ...all),
			address: all.join(", "),
			formatted: formatted.join(", "),
			facts: {
				...plainThread("sms"),
				line: { id: line.id, label: line.label },
				group: all.length === 1 ? null : { title: null, members, changeable: false, separate: true },
				attachments: line.attachments,
			},
		};
	}

	/** Whose token it is, and the accounts it sees; folders and the list come with the first questions (sheet, 4). */
	async open(
		credentials: Credentials,
		context: ProviderContext,
		signal: AbortSignal,
	): Promise<TextusSession> {
		const { server, secret, options } = credentials;
		const { http, clock, random } = context;
		const host = URL.parse(server)?.host ?? server;
		if (secret.trim() === "") throw new AppFailure(appError("auth.secretMissing"));
		// No token looks like this, and a header cannot carry it.
		if (/[^\x21-\x7e]/.test(secret.trim())) throw new AppFailure(tokenRefused());
		// Checked before anything leaves: an address that cannot be used is said at once.
		const base = uploadBase(options["uploadAddress"] ?? "", server);
		const token = tokenAuthorizer(secret);
		const api = new Api({ server, http, clock, random, authorizer: token });
		const me = await readProfile(api, host, signal);
		const accounts = await readAccounts(api, signal);
		const client = base === null ? undefined : this.#options.createUploadClient?.(server);
		const uploads = base === null || client === undefined ? null : new Uploads(client, base, random);
		return new TextusSession({ server, context, api, token, me, accounts, uploads });
	}
}

import { TextusProvider } from "../../../main/adapters/providers/textus/provider.ts";
import { startTextusSimulator, type TextusSimulator } from "../../../practice/textus/simulator.ts";
import { PolledWorld, wires } from "../kit/polled-world.ts";
import type { ContractWorld, SignIn, Variation, WorldMaker } from "../kit/world.ts";
import { textusVariations } from "./textus-variations.ts";

const slug = "my_account";
const token = "ann-token";
const email = "ann@example.com";

/** TextUs: asked for news, with a past and folders; a token that nothing renews. */
class TextusWorld extends PolledWorld<TextusSimulator> {
	readonly system = "textus";
	readonly provider = new TextusProvider();
	readonly people = ["+13035550121", "+13035550122"] as const;
	readonly sends = { method: "POST", path: /\/messages$/ };
	readonly reads = { method: "GET", path: /\/conversations$/ };
	readonly facts = {
		expiry: "asks",
		past: true,
		notThis: ["auth.notThisSystem"],
		refusal: {
			status: 422,
			body: '{"@type":"hydra:Error","hydra:title":"An error occurred","hydra:description":"Not this one"}',
			contentType: "application/vnd.textus+jsonld",
		},
		remoteIds: true,
		restMs: 90_000,
		outageMs: 180_000,
		carries: (text: string) => text,
		// A token is not taken back by leaving: there is no call for it.
		staysSignedIn: true,
	} as const;

	get signIn(): SignIn {
		const server = this.server.origin;
		return { server, userName: "", secret: token, method: "token", options: {} };
	}

	get wrong(): ContractWorld["wrong"] {
		const code = "auth.tokenRefused";
		return [
			{ name: "token", signIn: { ...this.signIn, secret: "not-it" }, code },
			{ name: "token that no header can carry", signIn: { ...this.signIn, secret: "ä\u202e" }, code },
		];
	}

	protected take(person: string, text: string): void {
		this.server.customer(person).write(slug, text);
	}

	protected takeOwn(person: string, text: string): void {
		const { sending, accounts, users, ledger } = this.server;
		const before = ledger.entries.length;
		sending.one({
			account: accounts.get(slug),
			user: users.get(email),
			to: person,
			from: null,
			body: text,
			savedReply: null,
			attachment: null,
			scheduledAt: null,
		});
		this.#elsewhere.add(before);
	}

	/** Places in the ledger of what was not sent by the app. */
	readonly #elsewhere = new Set<number>();

	accepted(): readonly string[] {
		return this.server.ledger.entries
			.filter(({ retryOf, sequence }) => retryOf === null && !this.#elsewhere.has(sequence))
			.map(({ body }) => body);
	}

	double(): void {
		this.server.switches.duplicates = true;
	}

	expire(): void {
		this.server.tokens.revoke(token);
	}

	allow(): void {
		this.server.tokens.add(token, this.server.users.get(email));
	}

	/** A token is shown with every request; there is nothing that counts as a proof of its own. */
	proofs(): number {
		return 0;
	}

	limit(on: boolean): void {
		const { switches } = this.server;
		// Without them the client does not see it coming.
		switches.rateLimitHeaders = !on;
		switches.rateLimit = on ? { requests: 16, windowMs: 30_000 } : { requests: 1000, windowMs: 300_000 };
	}

	signedInThere(): boolean {
		return this.server.tokens.userOf(token) !== null;
	}

	variations(): readonly Variation[] {
		return textusVariations(this.server.switches, this.server.origin);
	}

	switches(): readonly string[] {
		return Object.keys(this.server.switches);
	}
}

export const textus: WorldMaker = {
	system: "textus",
	start: async () => {
		const parts = wires();
		return new TextusWorld(await startTextusSimulator({ seed: 7, clock: parts.time }), parts);
	},
};

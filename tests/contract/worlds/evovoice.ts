import { EvoVoiceProvider } from "../../../main/adapters/providers/evovoice/provider.ts";
import { type EvovoiceSimulator, startEvovoiceSimulator } from "../../../practice/evovoice/simulator.ts";
import { PolledWorld, wires } from "../kit/polled-world.ts";
import type { ContractWorld, SignIn, Variation, WorldMaker } from "../kit/world.ts";
import { evovoiceVariations } from "./evovoice-variations.ts";

const userName = "agent@example.com";

/** EvoVoice: asked for news, with a past, cookies that are renewed with the kept secret. */
class EvovoiceWorld extends PolledWorld<EvovoiceSimulator> {
	readonly system = "evovoice";
	readonly provider = new EvoVoiceProvider();
	readonly people = ["+15550143", "+15550177"] as const;
	readonly sends = { method: "POST", path: /\/messages(?:\.\w+)?$/ };
	readonly reads = { method: "GET", path: /\/conversations(?:\.\w+)?$/ };
	readonly facts = {
		expiry: "proves",
		past: true,
		notThis: ["auth.notThisSystem", "auth.browserNeeded"],
		refusal: {
			status: 400,
			body: '{"responseStatus":{"errorCode":"ArgumentException","message":"Not this one"}}',
		},
		remoteIds: true,
		restMs: 90_000,
		outageMs: 180_000,
		carries: (text: string) => text,
		staysSignedIn: false,
	} as const;

	get signIn(): SignIn {
		const server = this.server.origin;
		return { server, userName, secret: "secret", method: "password", options: {} };
	}

	get wrong(): ContractWorld["wrong"] {
		const code = "auth.wrongPassword";
		return [
			{ name: "password", signIn: { ...this.signIn, secret: "not it" }, code },
			{ name: "user name", signIn: { ...this.signIn, userName: "nobody@example.com" }, code },
		];
	}

	protected take(person: string, text: string): void {
		this.server.outside.person(person).write(this.#line, text);
	}

	protected takeOwn(person: string, text: string): void {
		const message = this.server.messages.add({
			endpoint: this.server.company.endpoint(this.#line),
			direction: "Outgoing",
			otherAddress: person,
			senderAddress: userName,
			senderName: "Alex Moss",
			text,
			sessionId: null,
			media: null,
		});
		this.server.messages.announce(message);
	}

	accepted(): readonly string[] {
		return this.server.ledger.texts();
	}

	double(): void {
		this.server.switches.rowCopies = 2;
	}

	expire(): void {
		this.server.httpSessions.expireAll();
	}

	allow(): void {
		// A name and a password are always good.
	}

	proofs(): number {
		return this.server.httpSessions.signIns;
	}

	limit(on: boolean): void {
		this.server.switches.rateLimit = on
			? { requests: 16, windowMs: 30_000, retryAfterSeconds: 30 }
			: null;
	}

	signedInThere(): boolean {
		return this.server.httpSessions.count() > 0;
	}

	variations(): readonly Variation[] {
		return evovoiceVariations(this.server);
	}

	switches(): readonly string[] {
		return Object.keys(this.server.switches);
	}

	get #line(): string {
		const [line] = this.server.endpoints;
		if (line === undefined) throw new Error("the company has no line");
		return line.id;
	}
}

export const evovoice: WorldMaker = {
	system: "evovoice",
	start: async () => {
		const parts = wires();
		const server = await startEvovoiceSimulator({
			seed: 7,
			clock: parts.time,
			// A manager may list the lines (sheet, 2.5).
			users: [
				{
					emailAddress: userName,
					password: "secret",
					firstName: "Alex",
					lastName: "Moss",
					roles: ["User", "Manager"],
				},
			],
		});
		return new EvovoiceWorld(server, parts);
	},
};

import { NetsapiensProvider } from "../../../main/adapters/providers/netsapiens/provider.ts";
import {
	type NetsapiensSimulator,
	startNetsapiensSimulator,
} from "../../../practice/netsapiens/simulator.ts";
import { PolledWorld, wires } from "../kit/polled-world.ts";
import type { ContractWorld, SignIn, Variation, WorldMaker } from "../kit/world.ts";
import { netsapiensVariations } from "./netsapiens-variations.ts";

const uid = "2500@portal";
const ownNumber = "18585550626";

/** NetSapiens: asked for news, with a past and a token that is renewed; times in whole seconds. */
class NetsapiensWorld extends PolledWorld<NetsapiensSimulator> {
	readonly system = "netsapiens";
	readonly provider = new NetsapiensProvider();
	readonly people = ["17145550353", "12285559476"] as const;
	readonly sends = { method: "POST", path: /\/messages$/ };
	readonly reads = { method: "GET", path: /\/messagesessions$/ };
	readonly facts = {
		expiry: "proves",
		past: true,
		// Its sentence says to check the address; a 404 with `{}` is how some servers refuse a password (row 13).
		notThis: ["auth.notThisSystem", "http.malformed", "auth.wrongPassword"],
		refusal: { status: 400, body: '{"code":400,"message":"Not this one"}' },
		remoteIds: true,
		restMs: 90_000,
		outageMs: 180_000,
		carries: (text: string) => text,
		// There is no sign-out (sheet, 4).
		staysSignedIn: true,
	} as const;

	get signIn(): SignIn {
		return {
			server: this.server.origin,
			userName: uid,
			secret: "secret",
			method: "password",
			options: { clientId: "trunkline", clientSecret: "client-secret" },
		};
	}

	get wrong(): ContractWorld["wrong"] {
		const key = { ...this.signIn, method: "apiKey", options: {}, userName: "" } as const;
		return [
			{ name: "password", signIn: { ...this.signIn, secret: "not it" }, code: "auth.wrongPassword" },
			{
				name: "user name",
				signIn: { ...this.signIn, userName: "9999@portal" },
				code: "auth.wrongPassword",
			},
			{ name: "API key", signIn: { ...key, secret: "nss_not-it" }, code: "auth.tokenRefused" },
		];
	}

	protected take(person: string, text: string): void {
		this.server.customers.customer(person).write(ownNumber, text);
	}

	protected takeOwn(person: string, text: string): void {
		this.server.customers.user(uid).textFrom(ownNumber, person, text);
	}

	accepted(): readonly string[] {
		return this.server.ledger.texts();
	}

	double(): void {
		this.server.switches.messageCopies = 2;
	}

	expire(): void {
		this.server.tokens.expireAccess();
	}

	allow(): void {
		// A refresh token is always good.
	}

	proofs(): number {
		const { refreshes, refusedRefreshes, signIns } = this.server.tokens;
		return refreshes + refusedRefreshes + signIns;
	}

	limit(on: boolean): void {
		this.server.switches.rateLimit = on
			? { requests: 16, perMs: 30_000, retryAfter: "seconds", waitSeconds: 30 }
			: null;
	}

	signedInThere(): boolean {
		return this.server.tokens.signIns > 0;
	}

	variations(): readonly Variation[] {
		return netsapiensVariations(this.server);
	}

	switches(): readonly string[] {
		return Object.keys(this.server.switches);
	}
}

export const netsapiens: WorldMaker = {
	system: "netsapiens",
	start: async () => {
		const parts = wires();
		const server = await startNetsapiensSimulator({ seed: 7, clock: parts.time });
		return new NetsapiensWorld(server, parts);
	},
};

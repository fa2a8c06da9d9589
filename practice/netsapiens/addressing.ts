import { type Company, elevenDigits, type SmsNumber, uidOf, type User } from "./company.ts";
import type { Conversation, Parties } from "./conversations.ts";
import { badRequest, noSuchUser, Refusal } from "./refusal.ts";
import type { SendRequest } from "./send-request.ts";
import type { NetsapiensSwitches } from "./switches.ts";

/** Works out who a message is meant for (sheet, 2.4 and section 9, 5). */
export class Addressing {
	readonly #company: Company;
	readonly #switches: NetsapiensSwitches;

	constructor(company: Company, switches: NetsapiensSwitches) {
		this.#company = company;
		this.#switches = switches;
	}

	/** Throws 400 for other people or another number than the session's own. */
	checkFits(conversation: Conversation, parties: Parties): void {
		if ((conversation.kind === "sms") !== (parties.kind === "sms")) {
			throw badRequest("type does not go with this messagesession");
		}
		if (parties.kind === "sms") {
			const same =
				conversation.smsNumber === parties.smsNumber &&
				[...conversation.remotes].sort().join() === [...parties.remotes].sort().join();
			if (!same) throw badRequest("destination or from-number is not that of this messagesession");
			return;
		}
		if (parties.members.some((member) => !conversation.members.includes(member))) {
			throw badRequest("destination is not part of this messagesession");
		}
	}

	/** Whom a chat is meant for; throws 404 for unknown people (Q21). */
	chatParties(sender: User, request: SendRequest): Parties {
		const company = this.#company;
		const switches = this.#switches;
		const uids = request.destinations.map((destination) => {
			const isUid = destination.includes("@");
			const allowed =
				switches.chatDestination === "either" || isUid === (switches.chatDestination === "uid");
			const uid = isUid ? destination : `${destination}@${sender.domain}`;
			const user = allowed ? company.find(uid) : undefined;
			if (user?.domain !== sender.domain) throw noSuchUser(destination, sender.domain);
			return uidOf(user);
		});
		const members = [...new Set([uidOf(sender), ...uids])];
		return {
			domain: sender.domain,
			kind: members.length > 2 ? "group-chat" : "chat",
			smsNumber: "",
			remotes: [],
			members,
		};
	}

	/** One set of parties, or one for each recipient where the number cannot do groups (Q18). */
	textGroups(sender: User, request: SendRequest): Parties[] {
		const company = this.#company;
		const switches = this.#switches;
		const number = company.number(request.fromNumber ?? "");
		if (number === undefined || !company.numbersOf(sender).includes(number)) {
			throw new Refusal(switches.wrongFromNumberStatus, "from-number is not a number of this user");
		}
		const remotes = request.destinations.map((destination) => this.#phoneNumber(destination));
		if (request.media !== null && !number.mmsCapable) throw badRequest("from-number is not mms-capable");
		if (remotes.length < 2 || number.groupMmsCapable) return [this.textParties(number, remotes)];
		if (switches.groupWithoutCapability === "refused") {
			throw badRequest("from-number is not group-mms-capable");
		}
		return remotes.map((remote) => this.textParties(number, [remote]));
	}

	#phoneNumber(destination: string): string {
		const plus = destination.startsWith("+");
		if (plus && this.#switches.plusInDestination === "refused") {
			throw badRequest("destination is not a number");
		}
		if (!/^\+?[\d ().-]{3,}$/.test(destination)) throw badRequest("destination is not a number");
		return elevenDigits(destination);
	}

	/** A number of the company, the numbers outside, and whoever shares the first. */
	textParties(number: SmsNumber, remotes: readonly string[]): Parties {
		return {
			domain: number.domain,
			kind: "sms",
			smsNumber: number.number,
			remotes: [...new Set(remotes)],
			members: this.#company.textedBy(number).map(uidOf),
		};
	}
}

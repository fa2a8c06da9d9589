import { randomInt, randomUUID } from "node:crypto";
import type { PracticeClock } from "../clock.ts";
import { type PracticeRandom, seededRandom } from "../random.ts";
import type { Customer } from "./customers.ts";
import { brokenMug } from "./picture.ts";
import { startTextusSimulator, type TextusSimulator } from "./simulator.ts";
import { chat, type Errand, errands, people, takesLeave, thumbTime } from "./talk.ts";

/** How lively practice is. */
export interface TextusStoryOptions {
	readonly random: PracticeRandom;
	/** Milliseconds from the first request of an agent until the first customer writes. */
	readonly firstAfterMs: number;
	/** Milliseconds between the end of one errand and the next customer. */
	readonly pauseMs: number;
	/** Short outages and doubled rows now and then. */
	readonly disturbances: boolean;
	/** Slug of the account that customers write to; default the first. */
	readonly account?: string;
}

const nudgeMs = 45_000;
const patienceMs = 150_000;
const outageMs = 4_000;

/**
 * What happens in practice mode to one account:
 *
 *   asleep --first request--> resting --firstAfter/pause--> errand --farewell, patience over--> resting
 *
 * Besides, everybody who is written to answers.
 */
class TextusStory {
	readonly #simulator: TextusSimulator;
	readonly #options: TextusStoryOptions;
	readonly #account: string;
	/** Who is on an errand, and what happens when a message arrives. */
	readonly #onErrand = new Map<Customer, (text: string) => void>();
	#told = 0;

	constructor(simulator: TextusSimulator, options: TextusStoryOptions) {
		this.#simulator = simulator;
		this.#options = options;
		this.#account = options.account ?? simulator.accounts.all[0]?.slug ?? "";
		// A landline: texts never arrive. In the mountains: only the second attempt does.
		simulator.deliveries.setFate(people.landline, "failed");
		simulator.deliveries.setFate(people.flaky, "retrySucceeds");
		simulator.customers.whenNew((customer) => {
			this.#bringToLife(customer);
		});
		void simulator.journal
			.waitFor((entry) => entry.kind === "request" && entry.user !== undefined)
			.then(() => {
				this.#rest(options.firstAfterMs);
			});
	}

	#rest(afterMs: number): void {
		this.#simulator.clock.after(afterMs, () => {
			const errand = errands[this.#told % errands.length];
			this.#told += 1;
			if (errand !== undefined) this.#begin(errand, this.#told - 1);
		});
	}

	#begin(errand: Errand, index: number): void {
		const { clock, optOuts, accounts } = this.#simulator;
		const customer = this.#simulator.customer(errand.number);
		if (optOuts.find(accounts.get(this.#account), errand.number) !== null)
			customer.write(this.#account, "START");
		let turn = 0;
		let typing = true;
		let cancelNudge: () => void = () => undefined;
		let cancelPatience: () => void = () => undefined;
		const end = (): void => {
			cancelNudge();
			cancelPatience();
			this.#onErrand.delete(customer);
			if (this.#options.disturbances) this.#simulator.switches.duplicates = false;
			this.#rest(this.#options.pauseMs);
		};
		const bePatient = (): void => {
			cancelPatience();
			cancelPatience = clock.after(patienceMs, end);
		};
		const received = (text: string): void => {
			cancelNudge();
			// Two texts in a row get one answer.
			if (typing) return;
			const next = errand.turns[turn];
			turn += 1;
			if (this.#options.disturbances && turn === 1) this.#disturb(index);
			typing = true;
			bePatient();
			if (next === undefined || takesLeave(text)) this.#type(customer, errand.farewell, end);
			else
				this.#type(customer, next, () => {
					typing = false;
				});
		};
		this.#onErrand.set(customer, received);
		bePatient();
		this.#type(
			customer,
			errand.opening,
			() => {
				typing = false;
				cancelNudge = clock.after(nudgeMs, () => {
					customer.write(this.#account, errand.nudge);
				});
			},
			errand.picture === true,
		);
	}

	/** Writes one text after the other, then calls `done`. */
	#type(customer: Customer, texts: readonly string[], done: () => void, withPicture = false): void {
		const [text, ...more] = texts;
		if (text === undefined) {
			done();
			return;
		}
		this.#simulator.clock.after(thumbTime(this.#options.random, text), () => {
			if (withPicture && more.length === 0) customer.write(this.#account, text, brokenMug());
			else customer.write(this.#account, text);
			this.#type(customer, more, done, withPicture);
		});
	}

	/** Whoever is on no errand chats when written to. */
	#bringToLife(customer: Customer): void {
		const { random } = this.#options;
		let typing = false;
		customer.onReceived = ({ body, conversation }) => {
			const received = this.#onErrand.get(customer);
			if (received !== undefined) {
				received(body);
				return;
			}
			if (typing || conversation.account.slug !== this.#account) return;
			typing = true;
			this.#type(customer, [chat(random, body, customer.received.length === 1)], () => {
				typing = false;
			});
		};
	}

	/** In every second errand the line drops for a moment, in every third rows come twice. */
	#disturb(index: number): void {
		const { clock, network, switches } = this.#simulator;
		if (index % 2 === 1) {
			clock.after(500, () => {
				void network.cut();
				clock.after(outageMs, () => void network.restore());
			});
		}
		switches.duplicates = index % 3 === 2;
	}
}

/** Lets outside customers write to an account, one after the other, for as long as the simulator runs. */
export function startTextusStory(simulator: TextusSimulator, options: TextusStoryOptions): void {
	new TextusStory(simulator, options);
}

/** How the practice company is started. */
export interface TextusPracticeOptions {
	/** Default: the computer's own time. */
	readonly clock?: PracticeClock;
	/** The same seed tells the same story; default a new one each time. */
	readonly seed?: number;
	/** Loopback port; default any free one. */
	readonly port?: number;
	/** Milliseconds from the first request until the first customer writes; default 4 000. */
	readonly firstAfterMs?: number;
	/** Milliseconds between two customers; default 20 000. */
	readonly pauseMs?: number;
	/** Short outages and doubled rows now and then; default true. */
	readonly disturbances?: boolean;
}

/** What the app signs in with; the person is never asked. */
export interface TextusPracticeAccount {
	readonly system: "textus";
	/** Base URL on this computer. */
	readonly server: string;
	/** Address of the user whom the token belongs to. */
	readonly userName: string;
	/** The API token, made up for this run and known to nobody else. */
	readonly secret: string;
	/** Slug of the account. */
	readonly account: string;
}

const slug = "harbour_goods";
const email = "sam.rivera@harbourgoods.example";

/** Starts a small shop with one agent, contacts, saved replies and customers who write. */
export async function practiceTextus(
	options: TextusPracticeOptions = {},
): Promise<{ readonly simulator: TextusSimulator; readonly account: TextusPracticeAccount }> {
	const secret = randomUUID();
	const seed = options.seed ?? randomInt(2 ** 32);
	const simulator = await startTextusSimulator({
		seed,
		port: options.port ?? 0,
		...(options.clock === undefined ? {} : { clock: options.clock }),
		accounts: [
			{
				slug,
				name: "Harbour Goods",
				phoneNumbers: ["+13035550111"],
				customFields: [
					{ slug: "calendar", title: "Calendar", of: "user" },
					{ slug: "order", title: "Last order", of: "contact" },
				],
			},
		],
		users: [
			{
				email,
				firstName: "Sam",
				lastName: "Rivera",
				memberships: [{ account: slug, role: "user" }],
				customSettings: {
					"/textus/user_schema/calendar": "https://calend.example.invalid/sam-rivera",
				},
			},
			{
				email: "lena.fischer@harbourgoods.example",
				firstName: "Lena",
				lastName: "Fischer",
				memberships: [{ account: slug, role: "admin" }],
			},
		],
		tokens: [{ token: secret, email }],
	});
	furnish(simulator);
	startTextusStory(simulator, {
		random: seededRandom(seed + 1),
		firstAfterMs: options.firstAfterMs ?? 4_000,
		pauseMs: options.pauseMs ?? 20_000,
		disturbances: options.disturbances ?? true,
		account: slug,
	});
	return {
		simulator,
		account: { system: "textus", server: simulator.origin, userName: email, secret, account: slug },
	};
}

/** Contacts and saved replies of the shop. */
function furnish({ accounts, contacts, savedReplies, users, files }: TextusSimulator): void {
	const shop = accounts.get(slug);
	const known: readonly (readonly [name: string, number: string, order: string | null])[] = [
		["Dana Whitlock", people.order, "HG-2207"],
		["Ruth Adeyemi", people.mug, "HG-2191"],
		["Iván Castaño", people.hours, null],
		["Miles Otten", people.flaky, "HG-2160"],
		["Front desk, Bay Hotel", "+13035550131", "HG-1988"],
		["王 小明", "+13035550132", "HG-2043"],
		["Yael Ben-Ami", "+13035550133", null],
	];
	for (const [name, number, order] of known)
		contacts.add(shop, { name, phones: [{ number }], data: order === null ? {} : { order } });
	contacts.addGroup(shop, "Hotels", contacts.of(shop, "hotel"));
	const sam = users.get(email);
	const lena = users.get("lena.fischer@harbourgoods.example");
	savedReplies.add(sam, {
		title: "Greeting",
		content: "Hello, Sam from Harbour Goods here. How can I help?",
	});
	savedReplies.add(sam, {
		title: "My calendar",
		content: "You can pick a time that suits you at {{calendar}}",
	});
	savedReplies.add(lena, {
		title: "Order on its way",
		content: "Your order {{order}} left our warehouse today and should be with you in two days.",
		shared: true,
	});
	savedReplies.add(lena, {
		title: "What a broken item looks like",
		content: "If something arrived damaged, please send us a picture like this one.",
		shared: true,
		files: [savedReplies.attachment(files.add(brokenMug()))],
	});
}

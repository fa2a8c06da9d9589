/** A user of a domain. `uid` is `user@domain`. */
export interface User {
	readonly user: string;
	readonly domain: string;
	/** What the person signs in with; default the uid. */
	login: string;
	password: string;
	firstName: string;
	lastName: string;
	email: string;
	/** `Basic User`, `Call Center Agent`, `Office Manager`, … */
	scope: string;
	department: string;
	site: string;
	/** `open`, `inactive`, `inuse`, … (sheet, 5.2 and 6.4). */
	presence: string;
	statusMessage: string;
	/** The six digits of the second factor; null: none is asked for. */
	passcode: string | null;
}

/** A user as it is set up; what is left out is plain. */
export type UserSetup = Pick<User, "user" | "domain" | "firstName" | "lastName"> &
	Partial<Omit<User, "user" | "domain" | "firstName" | "lastName">>;

/** A telephone number that can text (sheet, 6.1). */
export interface SmsNumber {
	/** Eleven digits, no plus. */
	readonly number: string;
	readonly domain: string;
	application: "user" | "callqueue" | "available";
	/** Extension or queue. */
	dest: string;
	carrier: string;
	mmsCapable: boolean;
	groupMmsCapable: boolean;
}

export type SmsNumberSetup = Pick<SmsNumber, "number" | "domain"> &
	Partial<Omit<SmsNumber, "number" | "domain">>;

/** A telephone of a user (sheet, 6.2). The passwords are part of the wire. */
export interface Device {
	/** Extension, with a postfix such as `wp` for the web telephone. */
	readonly device: string;
	readonly user: string;
	readonly domain: string;
	registered: boolean;
	userAgent: string;
	model: string;
	macAddress: string;
	sipPassword: string;
	provisioningPassword: string;
}

export type DeviceSetup = Pick<Device, "device" | "user" | "domain"> &
	Partial<Omit<Device, "device" | "user" | "domain">>;

/** A line of an address book (sheet, 6.3). `owner` null: shared by the domain. */
export interface Contact {
	readonly id: string;
	readonly domain: string;
	readonly owner: string | null;
	readonly createdAt: number;
	firstName: string;
	middleName: string;
	lastName: string;
	email: string;
	company: string;
	work: string;
	cell: string;
	home: string;
	fax: string;
	tags: string;
}

export type ContactSetup = Pick<Contact, "domain" | "owner"> &
	Partial<Omit<Contact, "domain" | "owner" | "id" | "createdAt">>;

/** The people and things of all domains. Everything may be changed at run time. */
export class Company {
	readonly #users = new Map<string, User>();
	readonly #numbers = new Map<string, SmsNumber>();
	readonly #queues = new Map<string, readonly string[]>();
	readonly devices: Device[] = [];
	readonly contacts: Contact[] = [];
	readonly #newId: () => string;
	readonly #now: () => number;

	constructor(newId: () => string, now: () => number) {
		this.#newId = newId;
		this.#now = now;
	}

	get users(): readonly User[] {
		return [...this.#users.values()];
	}

	get domains(): readonly string[] {
		return [...new Set(this.users.map(({ domain }) => domain))];
	}

	get numbers(): readonly SmsNumber[] {
		return [...this.#numbers.values()];
	}

	addUser(setup: UserSetup): User {
		const uid = `${setup.user}@${setup.domain}`;
		const user: User = {
			login: uid,
			password: "secret",
			email: `${setup.user}@${setup.domain}.example.invalid`,
			scope: "Basic User",
			department: "",
			site: "",
			presence: "open",
			statusMessage: "",
			passcode: null,
			...setup,
		};
		this.#users.set(uid, user);
		return user;
	}

	/** The user under a uid, or undefined. */
	find(uid: string): User | undefined {
		return this.#users.get(uid);
	}

	/** The user under a uid; throws when there is none. */
	user(uid: string): User {
		const user = this.#users.get(uid);
		if (user === undefined) throw new RangeError(`no user ${uid}`);
		return user;
	}

	/** Who signs in under this name. */
	byLogin(login: string): User | undefined {
		const wanted = login.toLowerCase();
		return this.users.find((user) => user.login.toLowerCase() === wanted || uidOf(user) === wanted);
	}

	addNumber(setup: SmsNumberSetup): SmsNumber {
		const number: SmsNumber = {
			application: "available",
			dest: "",
			carrier: "bandwidth",
			mmsCapable: false,
			groupMmsCapable: false,
			...setup,
		};
		this.#numbers.set(number.number, number);
		return number;
	}

	/** The number in any of its usual spellings. */
	number(spelling: string): SmsNumber | undefined {
		return this.#numbers.get(elevenDigits(spelling));
	}

	/** Whose texts arrive in this queue: extensions. */
	setQueue(domain: string, queue: string, extensions: readonly string[]): void {
		this.#queues.set(`${queue}@${domain}`, extensions);
	}

	/** The numbers that a user texts from: its own and those of its queues. */
	numbersOf(user: User): SmsNumber[] {
		return this.numbers.filter((number) => this.textedBy(number).includes(user));
	}

	/** The users whose sessions a number feeds. */
	textedBy(number: SmsNumber): User[] {
		const extensions =
			number.application === "user"
				? [number.dest]
				: number.application === "callqueue"
					? (this.#queues.get(`${number.dest}@${number.domain}`) ?? [])
					: [];
		return extensions.flatMap((extension) => this.find(`${extension}@${number.domain}`) ?? []);
	}

	addDevice(setup: DeviceSetup): Device {
		const device: Device = {
			registered: true,
			userAgent: "SnapMobile Web 44.0.2",
			model: "SNAPmobile Web",
			macAddress: "",
			sipPassword: `sip-${this.#newId()}`,
			provisioningPassword: `prov-${this.#newId()}`,
			...setup,
		};
		this.devices.push(device);
		return device;
	}

	addContact(setup: ContactSetup): Contact {
		const contact: Contact = {
			id: this.#newId(),
			createdAt: this.#now(),
			firstName: "",
			middleName: "",
			lastName: "",
			email: "",
			company: "",
			work: "",
			cell: "",
			home: "",
			fax: "",
			tags: "",
			...setup,
		};
		this.contacts.push(contact);
		return contact;
	}
}

/** `user@domain`. */
export function uidOf({ user, domain }: Pick<User, "user" | "domain">): string {
	return `${user}@${domain}`;
}

/** Digits only; ten of them get the leading 1 of North America (sheet, 6.3). */
export function elevenDigits(spelling: string): string {
	const digits = spelling.replaceAll(/\D/g, "");
	return digits.length === 10 ? `1${digits}` : digits;
}

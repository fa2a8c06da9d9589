import type { Device, Contact, SmsNumber, User } from "./company.ts";
import { uidOf } from "./company.ts";
import { type Conversation, type Message, remoteOf, type Row } from "./conversations.ts";
import type { NetsapiensSwitches } from "./switches.ts";
import { losslessNumber, lossyNumber, type WireObject, type WireValue } from "./wire-json.ts";

type Plain = string | number | boolean | null;

/** Fields that were seen as JSON numbers (sheet, 1.5(1)). */
const seenAsNumbers = new Set([
	"messagesession-id",
	"messagesession-remote",
	"messagesession-sms-number",
	"messagesession-last-message",
	"messagesession-last-sender",
	"id",
	"from-number",
	"dialed",
	"text",
	"terminating-number",
]);

/** Writes rows the way the switches say at this moment. */
export class Wire {
	readonly #switches: NetsapiensSwitches;
	/** Address of the server, without a slash. */
	readonly #origin: () => string;
	readonly #mediaUrl: (message: Message, conversation: Conversation, owner: User) => string;

	constructor(
		switches: NetsapiensSwitches,
		origin: () => string,
		mediaUrl: (message: Message, conversation: Conversation, owner: User) => string,
	) {
		this.#switches = switches;
		this.#origin = origin;
		this.#mediaUrl = mediaUrl;
	}

	/** `messagesession-reciever-hostname`, spelled so (sheet, 1.5(7)). */
	get receiverHost(): string {
		return this.#switches.mediaHost ?? new URL(this.#origin()).host;
	}

	/** A time field, null and "" as they are. */
	time(at: number | null, absent: null | "" = null): string | null {
		if (at === null) return absent;
		const { timeFormat, timeZoneMinutes } = this.#switches;
		if (timeFormat === "offset") return `${iso(at)}+00:00`;
		if (timeFormat === "fraction") return `${iso(at)}.00Z`;
		return iso(at + timeZoneMinutes * 60_000).replace("T", " ");
	}

	session(conversation: Conversation, row: Row): WireObject {
		const { queue } = row;
		const shown = conversation.messages.slice(row.since);
		const last = shown.at(-1);
		const time = this.#timeName();
		const outside = conversation.kind === "sms";
		return this.#row({
			user: row.owner.user,
			domain: conversation.domain,
			"messagesession-id": conversation.id,
			"messagesession-remote": remoteOf(conversation, row.owner),
			"messagesession-sms-number": conversation.smsNumber,
			[`messagesession-last-${time}`]: this.time(last?.at ?? null),
			[`messagesession-start-${time}`]: this.time(outside ? (shown[0]?.at ?? null) : null),
			"messagesession-last-message": last?.text ?? "",
			"messagesession-last-sender":
				last === undefined ? null : last.fromUid === "" ? last.fromNumber : last.fromUid,
			"messagesession-last-status": row.status,
			"messagesession-muted": row.muted ? "yes" : "no",
			[`messagesession-last-email-reminder-${time}`]: this.time(row.reminderAt),
			"messagesession-reciever-hostname": this.receiverHost,
			"messagesession-queue-termination": queue?.termination ?? null,
			"messagesession-queue-status": queue?.status ?? null,
			"messagesession-queue-session-id": queue?.sessionId ?? null,
			[`messagesession-agent-start-${time}`]: this.time(queue?.agentStartAt ?? null),
			"messagesession-last-type": last?.type ?? "",
			"messagesession-last-media-type": last?.media?.mimeType ?? "",
			"messagesession-last-media-size": last?.media?.bytes.length ?? 0,
			"messagesession-type": conversation.kind === "group-chat" ? "group-chat" : "",
			"messagesession-name": conversation.name,
			"messagesession-participants": this.#participants(conversation),
		});
	}

	message(conversation: Conversation, message: Message, owner: User): WireObject {
		const participants = this.#participants(conversation);
		const row = this.#row({
			id: message.id,
			timestamp: this.time(message.at),
			type: message.type,
			domain: conversation.domain,
			direction: message.direction,
			dialed: message.dialed,
			text: message.text,
			status: message.status,
			"messagesession-reciever-hostname": this.receiverHost,
			"from-number": message.fromNumber,
			"from-user-id": message.fromUid,
			"from-video-attendee-id": message.attendee,
			"from-user-agent": message.fromAgent.slice(0, 64),
			"terminating-user-id": message.recipients.join(","),
			"terminating-number": message.recipientNumber,
			"messagesession-id": conversation.id,
			"video-instance-id": message.videoInstance,
			"media-type": message.media?.mimeType ?? "",
			"media-size": message.media?.bytes.length ?? 0,
			"messagesession-participants": participants === "" ? null : participants,
			[`deleted-${this.#timeName()}`]: this.time(message.deletedAt, ""),
		});
		if (message.media === null) return row;
		const key = this.#switches.spaceAfterMediaKey ? "file-access-url " : "file-access-url";
		return { ...row, [key]: this.#mediaUrl(message, conversation, owner) };
	}

	smsNumber(number: SmsNumber): WireObject {
		return {
			...this.#row({
				number: number.number,
				application: number.application,
				domain: number.domain,
				carrier: number.carrier,
				dest: number.dest,
			}),
			"mms-capable": this.#boolean(number.mmsCapable),
			"group-mms-capable": this.#boolean(number.groupMmsCapable),
		};
	}

	device(device: Device, user: User, now: number): WireObject {
		const seenAt = device.registered ? now - 20_000 : null;
		return this.#row({
			device: device.device,
			user: device.user,
			domain: device.domain,
			"device-sip-registration-uri": `sip:${device.device}@${device.domain}`,
			"device-sip-registration-password": device.sipPassword,
			"device-sip-registration-state": device.registered ? "registered" : "unregistered",
			"device-sip-registration-user-agent": device.userAgent,
			"device-sip-registration-datetime": this.time(seenAt),
			"device-sip-registration-expires-datetime": this.time(seenAt === null ? null : seenAt + 60_000),
			"device-sip-registration-expiry-seconds": 60,
			"device-sip-registration-ip-address": device.registered ? "192.0.2.17" : null,
			"device-sip-registration-contact": device.registered ? `sip:${device.device}@192.0.2.17` : null,
			"device-sip-registration-core-server": this.receiverHost,
			"name-full-name": `${user.firstName} ${user.lastName}`,
			"login-username": user.login,
			"device-push-enabled": "no",
			"device-models-model": device.model,
			"device-provisioning-mac-address": device.macAddress,
			"device-provisioning-password": device.provisioningPassword,
		});
	}

	contact(contact: Contact): WireObject {
		return this.#row({
			"unique-id": contact.id,
			"name-first-name": contact.firstName,
			"name-middle-name": contact.middleName,
			"name-last-name": contact.lastName,
			email: contact.email,
			company: contact.company,
			"phonenumber-work": contact.work,
			"phonenumber-cell": contact.cell,
			"phonenumber-home": contact.home,
			"phonenumber-fax": contact.fax,
			tags: contact.tags,
			"created-datetime": this.time(contact.createdAt),
		});
	}

	/** A user among the contacts: `uid` in place of `unique-id` (sheet, 6.3). */
	contactOfUser(user: User): WireObject {
		return this.#row({
			uid: uidOf(user),
			user: user.user,
			domain: user.domain,
			"name-first-name": user.firstName,
			"name-last-name": user.lastName,
			email: user.email,
			department: user.department,
		});
	}

	directoryEntry(user: User): WireObject {
		return this.#row({
			user: user.user,
			domain: user.domain,
			site: user.site,
			"name-first-name": user.firstName,
			"name-last-name": user.lastName,
			department: user.department,
			"directory-name-number-dtmf-mapping": "",
		});
	}

	presence(user: User): WireObject {
		return this.#row({
			user: user.user,
			uid: uidOf(user),
			domain: user.domain,
			site: user.site,
			email: user.email,
			"name-first-name": user.firstName,
			"name-last-name": user.lastName,
			department: user.department,
			"user-presence-status": user.presence,
			"status-message": user.statusMessage,
		});
	}

	user(user: User): WireObject {
		return this.#row({
			user: user.user,
			domain: user.domain,
			"name-first-name": user.firstName,
			"name-last-name": user.lastName,
			"login-username": user.login,
			"email-address": user.email,
			"user-scope": user.scope,
			department: user.department,
			site: user.site,
			"time-zone": "US/Pacific",
			"user-presence-status": user.presence,
			"status-message": user.statusMessage,
		});
	}

	#timeName(): "timestamp" | "datetime" {
		return this.#switches.timeNames;
	}

	#participants(conversation: Conversation): string {
		if (conversation.kind === "group-chat") return conversation.members.join(",");
		if (conversation.kind === "chat" || conversation.remotes.length < 2) return "";
		const own = this.#switches.ownNumberInGroupMms ? [conversation.smsNumber] : [];
		return [...own, ...conversation.remotes].join(",");
	}

	#boolean(value: boolean): WireValue {
		switch (this.#switches.booleans) {
			case "boolean":
				return value;
			case "yesNo":
				return value ? "yes" : "no";
			case "number":
				return value ? 1 : 0;
			case "numberText":
				return value ? "1" : "0";
		}
	}

	#row(fields: Readonly<Record<string, Plain>>): WireObject {
		const row: Record<string, WireValue> = {};
		for (const [key, value] of Object.entries(fields)) {
			if (value === null || value === "") this.#putEmpty(row, key, value);
			else row[key] = typeof value === "string" ? this.#text(key, value) : value;
		}
		return row;
	}

	#putEmpty(row: Record<string, WireValue>, key: string, value: null | ""): void {
		const { emptyValue } = this.#switches;
		if (emptyValue === "missing") return;
		row[key] = emptyValue === "mixed" ? value : emptyValue === "null" ? null : "";
	}

	#text(key: string, text: string): WireValue {
		switch (this.#switches.numericStrings) {
			case "never":
				return text;
			case "lossless":
				return (seenAsNumbers.has(key) ? losslessNumber(text) : null) ?? text;
			case "lossy":
				return lossyNumber(text) ?? text;
		}
	}
}

function iso(at: number): string {
	return new Date(at).toISOString().slice(0, 19);
}

import { isJsonObject, type JsonObject } from "../../server/json.ts";
import { jsonReply } from "../../server/web-front.ts";
import { type Contact, uidOf } from "../company.ts";
import { listReply, page, wireReply } from "../lists.ts";
import { accepted, badRequest, permissionDenied, recordNotFound } from "../refusal.ts";
import type { Route, UserCall } from "../site.ts";

const base = "/domains/:domain/users/:user";
const fieldsOfContact = {
	"name-first-name": "firstName",
	"name-middle-name": "middleName",
	"name-last-name": "lastName",
	email: "email",
	company: "company",
	"phonenumber-work": "work",
	"phonenumber-cell": "cell",
	"phonenumber-home": "home",
	"phonenumber-fax": "fax",
	tags: "tags",
} as const;
type ContactFields = Partial<Record<(typeof fieldsOfContact)[keyof typeof fieldsOfContact], string>>;

function readContact(body: unknown): ContactFields {
	if (!isJsonObject(body)) throw badRequest("a JSON object is expected");
	const source: JsonObject = body;
	const fields: ContactFields = {};
	for (const [name, field] of Object.entries(fieldsOfContact)) {
		const value = source[name];
		if (value === undefined || value === null) continue;
		if (typeof value !== "string") throw badRequest(`${name} is a text`);
		fields[field] = value;
	}
	return fields;
}

function ownContacts({ site, domain, user }: UserCall): Contact[] {
	return site.company.contacts.filter(
		(contact) => contact.domain === domain && contact.owner === user.user,
	);
}

function ownContact(call: UserCall): Contact {
	const found = ownContacts(call).find(({ id }) => id === call.parameters["contact"]);
	if (found === undefined) throw recordNotFound();
	return found;
}

const contactRoutes: readonly Route[] = [
	{
		method: "GET",
		path: `${base}/contacts`,
		needs: "user",
		model: "contact",
		list: true,
		handle: (call) => {
			const { site, domain, user, query } = call;
			const own = ownContacts(call).map((contact) => site.wire.contact(contact));
			const onNet =
				query.get("includeDomain") === "yes"
					? site.company.users
							.filter((other) => other.domain === domain && other !== user)
							.map((other) => site.wire.contactOfUser(other))
					: [];
			return listReply(page([...own, ...onNet], call), site);
		},
	},
	{
		method: "GET",
		path: `${base}/contacts/count`,
		needs: "user",
		model: "contact",
		handle: (call) => jsonReply(200, { total: ownContacts(call).length }),
	},
	{
		method: "POST",
		path: `${base}/contacts`,
		needs: "user",
		model: "contact",
		handle: ({ site, body, domain, user }) => {
			const fields = readContact(body);
			return wireReply(
				site.wire.contact(site.company.addContact({ ...fields, domain, owner: user.user })),
			);
		},
	},
	{
		method: "PUT",
		path: `${base}/contacts/:contact`,
		needs: "user",
		model: "contact",
		handle: (call) => {
			const contact = ownContact(call);
			const fields = readContact(call.body);
			call.site.effects.later(() => Object.assign(contact, fields));
			return accepted();
		},
	},
	{
		method: "DELETE",
		path: `${base}/contacts/:contact`,
		needs: "user",
		model: "contact",
		handle: (call) => {
			const contact = ownContact(call);
			const { contacts } = call.site.company;
			call.site.effects.later(() => contacts.splice(contacts.indexOf(contact), 1));
			return accepted();
		},
	},
	{
		method: "GET",
		path: "/domains/:domain/contacts",
		needs: "domain",
		model: "contact",
		list: true,
		handle: (call) => {
			const { site, domain } = call;
			const shared = site.company.contacts.filter(
				(contact) => contact.domain === domain && contact.owner === null,
			);
			return listReply(
				page(shared, call).map((contact) => site.wire.contact(contact)),
				site,
			);
		},
	},
];

const directoryRoutes: readonly Route[] = [
	{
		method: "GET",
		path: "/domains/:domain/users/list",
		needs: "domain",
		since45: true,
		list: true,
		handle: (call) => {
			const { site, domain, query } = call;
			const wanted = query.get("fields")?.split(",") ?? null;
			const rows = site.company.users
				.filter((user) => user.domain === domain)
				.map((user) => site.wire.directoryEntry(user))
				.map((row) =>
					wanted === null
						? row
						: Object.fromEntries(Object.entries(row).filter(([key]) => wanted.includes(key))),
				);
			return listReply(page(rows, call), site);
		},
	},
	{
		method: "GET",
		path: "/domains/:domain/users",
		needs: "domain",
		list: true,
		handle: (call) => {
			const { site, domain } = call;
			const rows = site.company.users.filter((user) => user.domain === domain);
			return listReply(
				page(rows, call).map((user) => site.wire.user(user)),
				site,
			);
		},
	},
	{
		method: "GET",
		path: base,
		needs: "user",
		handle: ({ site, user }) => wireReply(site.wire.user(user)),
	},
	{
		method: "GET",
		path: "/domains/:domain/presence/list",
		needs: "domain",
		model: "presence",
		since45: true,
		list: true,
		handle: (call) => {
			const { site, domain } = call;
			const rows = site.company.users.filter((user) => user.domain === domain);
			return listReply(
				page(rows, call).map((user) => site.wire.presence(user)),
				site,
			);
		},
	},
	{
		method: "GET",
		path: "/domains/:domain/departments/:department/presence/list",
		needs: "domain",
		model: "presence",
		since45: true,
		list: true,
		handle: (call) => {
			const { site, domain, parameters } = call;
			const rows = site.company.users.filter(
				(user) => user.domain === domain && user.department === parameters["department"],
			);
			return listReply(
				page(rows, call).map((user) => site.wire.presence(user)),
				site,
			);
		},
	},
];

const numberRoutes: readonly Route[] = [
	{
		method: "GET",
		path: `${base}/smsnumbers`,
		needs: "user",
		model: "smsnumber",
		list: true,
		handle: (call) =>
			listReply(
				page(call.site.company.numbersOf(call.user), call).map((number) =>
					call.site.wire.smsNumber(number),
				),
				call.site,
			),
	},
	{
		method: "GET",
		path: `${base}/smsnumbers/count`,
		needs: "user",
		model: "smsnumber",
		handle: ({ site, user }) => jsonReply(200, { total: site.company.numbersOf(user).length }),
	},
	{
		method: "GET",
		path: "/domains/:domain/smsnumbers",
		needs: "domain",
		model: "smsnumber",
		list: true,
		handle: (call) => {
			const { site, domain, caller } = call;
			if (caller.ownOnly) throw permissionDenied();
			const rows = site.company.numbers.filter((number) => number.domain === domain);
			return listReply(
				page(rows, call).map((number) => site.wire.smsNumber(number)),
				site,
			);
		},
	},
];

const deviceRoutes: readonly Route[] = [
	{
		method: "GET",
		path: `${base}/devices`,
		needs: "user",
		model: "device",
		list: true,
		handle: (call) => {
			const { site, user } = call;
			const rows = site.company.devices.filter((device) => uidOf(device) === uidOf(user));
			return listReply(
				page(rows, call).map((device) => site.wire.device(device, user, site.clock.now())),
				site,
			);
		},
	},
	{
		method: "GET",
		path: `${base}/devices/count`,
		needs: "user",
		model: "device",
		handle: ({ site, user }) =>
			jsonReply(200, {
				total: site.company.devices.filter((device) => uidOf(device) === uidOf(user)).length,
			}),
	},
	{
		method: "GET",
		path: `${base}/devices/:device`,
		needs: "user",
		model: "device",
		handle: ({ site, user, parameters }) => {
			const device = site.company.devices.find(
				(candidate) => uidOf(candidate) === uidOf(user) && candidate.device === parameters["device"],
			);
			if (device === undefined) throw recordNotFound();
			return wireReply(site.wire.device(device, user, site.clock.now()));
		},
	},
];

/** Numbers, devices, contacts, directory and presence (sheet, section 6). */
export const peopleRoutes: readonly Route[] = [
	...contactRoutes,
	...directoryRoutes,
	...numberRoutes,
	...deviceRoutes,
];

import type { JsonObject } from "../../server/json.ts";
import type { Account } from "../accounts.ts";
import { formatted } from "../numbers.ts";
import { resource, type Viewer } from "./basics.ts";

/** As in `GET /accounts` (sheet, 3). */
export function accountItem(viewer: Viewer, account: Account): JsonObject {
	return resource(viewer, "Account", `/accounts/${account.slug}`, itemMembers(viewer, account));
}

/** As in `GET /accounts/:slug` (sheet, 3). */
export function accountResource(viewer: Viewer, account: Account): JsonObject {
	const { slug } = account;
	const { accounts, users } = viewer.site;
	return resource(viewer, "Account", `/accounts/${slug}`, {
		...itemMembers(viewer, account),
		multiUser: users.all.filter((user) => users.roleIn(user, account) !== null).length > 1,
		settings: {},
		familyCount: accounts.descendantsOf(account).length + 1,
		childrenCount: accounts.childrenOf(account).length,
		contactsEnabled: true,
		featureFlags: [],
		hasCumulativePlan: false,
		messagingRestricted: account.messagingRestricted,
		shortenedLinkDomain: null,
		shortenedLinkPreviewUrl: null,
		contacts: `/${slug}/contacts`,
		conversationFilters: `/${slug}/conversation_filters`,
		contactFilters: `/${slug}/contact_filters`,
		conversations: `/${slug}/conversations`,
		contactPhones: `/${slug}/contact_phones`,
		sendMessages: `/${slug}/messages`,
		scheduleMessages: `/${slug}/messages/schedule`,
		// The link is documented, what stands behind it is not (Q13).
		presignAttachment: null,
	});
}

/** Only name and id, as where an account is embedded (sheet, 5). */
export function accountReference(viewer: Viewer, { slug, name }: Account): JsonObject {
	return resource(viewer, "Account", `/accounts/${slug}`, { name });
}

function itemMembers({ site, user }: Viewer, account: Account): Readonly<Record<string, JsonObject[string]>> {
	return {
		name: account.name,
		slug: account.slug,
		logo: null,
		type: account.type,
		// For display, not E.164.
		phoneNumbers: account.phoneNumbers.map(formatted),
		effectiveRole: site.users.roleIn(user, account),
	};
}

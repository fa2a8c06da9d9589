import fc from "fast-check";
import { expect, test } from "vitest";
import type { Change } from "../../shared/ipc/contract.ts";
import type { ConversationId } from "../../shared/ids.ts";
import type { Conversation } from "../../shared/model.ts";
import * as sample from "../testing/samples.ts";
import { customers, dispatch, maria, team } from "../testing/samples-systems.ts";
import { Conversations } from "./conversations.svelte.ts";

const person = (number: number, lastActivity: number): Conversation =>
	sample.conversation(`Person ${String(number)}`, String(number), { lastActivity });

test("whatever changes, the list is every conversation once, newest first", () => {
	const change = fc.oneof(
		fc.record({
			kind: fc.constant("conversation" as const),
			who: fc.integer({ min: 0, max: 20 }),
			at: fc.integer({ min: 0, max: 8 }),
		}),
		fc.record({ kind: fc.constant("removed" as const), who: fc.integer({ min: 0, max: 20 }) }),
		fc.record({ kind: fc.constant("presence" as const), who: fc.integer({ min: 0, max: 20 }) }),
	);
	fc.assert(
		fc.property(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 20 }), (batches) => {
			const conversations = new Conversations();
			const expected = new Map<ConversationId, Conversation>();
			const start = [3, 1, 2].map((number) => person(number, number));
			for (const one of start) expected.set(one.id, one);
			conversations.load(start);
			for (const batch of batches) {
				const changes = batch.map((one): Change => {
					const target = person(one.who, one.kind === "conversation" ? one.at : 0);
					if (one.kind === "conversation") {
						expected.set(target.id, target);
						return { type: "conversation", conversation: target };
					}
					if (one.kind === "removed") {
						expected.delete(target.id);
						return { type: "conversationRemoved", conversationId: target.id };
					}
					const known = expected.get(target.id);
					const peer = { ...target.peer, presence: "busy", presenceLabel: "On a call" } as const;
					if (known !== undefined) expected.set(target.id, { ...known, peer });
					return {
						type: "presence",
						accountId: target.accountId,
						address: target.peer.address,
						presence: "busy",
						label: "On a call",
					};
				});
				conversations.apply(changes);
				expect(conversations.list).toEqual(
					[...expected.values()].sort(
						(one, other) => other.lastActivity - one.lastActivity || (one.id < other.id ? -1 : 1),
					),
				);
				for (const one of expected.values()) expect(conversations.get(one.id)).toEqual(one);
			}
		}),
	);
});

test("who is meant comes first: a name that begins as typed, then words that begin one, then the rest", () => {
	const conversations = new Conversations();
	conversations.load([
		sample.conversation("Diana Ann", "7001", { lastActivity: 9 }),
		sample.conversation("Joanna Berg", "7002", { lastActivity: 8 }),
		sample.conversation("Ann Lee", "7003", { lastActivity: 1 }),
		sample.conversation("Ann Berg", "7004", { lastActivity: 2 }),
	]);
	const names = (typed: string): readonly (string | null)[] =>
		conversations.matching(typed, 20).map(({ peer }) => peer.name);
	expect(names("ann")).toEqual(["Ann Berg", "Ann Lee", "Diana Ann", "Joanna Berg"]);
	expect(names("berg")).toEqual(["Joanna Berg", "Ann Berg"]);
	expect(names("7003")).toEqual(["Ann Lee"]);
	expect(conversations.matching("", 2)).toHaveLength(2);
});

test("groups are found by their title and by who is in them, numbers as people write them", () => {
	const conversations = new Conversations();
	conversations.load(customers);
	const found = (query: string): readonly string[] =>
		conversations.matching(query, 20).map((conversation) => conversation.id);
	expect(found("dispa")).toEqual([dispatch.id]);
	expect(found("nadia")).toEqual([dispatch.id]);
	expect(found("yusuf")).toEqual([team.id]);
	expect(found("555 0199")).toEqual([maria.id]);
});

test("what is archived is out of the inbox and of the count of unread, not out of the switcher", () => {
	const conversations = new Conversations();
	conversations.load(customers.map((one) => ({ ...one, archived: one === maria })));
	expect(conversations.shown(null)).not.toContainEqual(expect.objectContaining({ id: maria.id }));
	expect(conversations.unreadConversations).toBe(0);
	expect(conversations.matching("maria", 5)).toHaveLength(1);
	conversations.filter = { kind: "archived" };
	expect(conversations.shown(null).map(({ id }) => id)).toEqual([maria.id]);
});

import { expect } from "vitest";
import type { Suite } from "../kit/suite.ts";
import type { Desk } from "../kit/desk.ts";

/** What a system can do is there; what it cannot do is absent, and refused in words when it is asked for all the same. */
export function capabilities({ spec, sample }: Suite): void {
	const { abilities, history, agentStates, sessionless } = sample.provider.capabilities;

	/** The refusal of a command; null: it was carried out, or failed for another reason than that it is not offered. */
	async function refusal(desk: Desk, run: () => Promise<unknown>): Promise<string | null> {
		const result = (await desk.passing(run())) as { ok: boolean; error?: { code: string } };
		return result.ok ? null : (result.error?.code ?? "no code");
	}

	async function talking(desk: Desk): Promise<void> {
		const [person] = desk.world.people;
		await desk.online();
		await desk.world.write(person, "hello");
		await desk.hears(person, "hello");
	}

	function offered(name: string, is: boolean, code: string, run: (desk: Desk) => Promise<unknown>): void {
		spec(`capabilities: ${name} ${is ? "are offered" : "are refused in words"}`, async ({ desk }) => {
			await talking(desk);
			const said = await refusal(desk, () => run(desk));
			if (is) expect(said).not.toBe(code);
			else expect(said).toBe(code);
		});
	}

	spec("capabilities: the account's controls follow what the provider says", async ({ world, desk }) => {
		await desk.online();
		const { can, agentStates: states, folders, connection } = await desk.account();
		expect(can).toEqual(abilities);
		if (!agentStates) expect(states).toEqual([]);
		if (!abilities.folders) expect(folders).toEqual([]);
		else await desk.must("folders", async () => (await desk.account()).folders.length > 0);
		expect(connection.mode).toBe(world.provider.capabilities.mode);
	});

	spec("capabilities: a conversation says the same", async ({ world, desk }) => {
		await talking(desk);
		const conversation = await desk.conversation(world.people[0]);
		expect(conversation.sessionless).toBe(sessionless);
		if (sessionless) expect(conversation.live).toBe(null);
		else expect(conversation.live?.phase).toBe("talking");
		expect(conversation.thread.refusal).toBe(null);
		expect(conversation.peer.address).not.toBe("");
	});

	offered("saved replies", abilities.savedReplies, "action.notOffered", (desk) =>
		desk.trySending(desk.world.people[0], "hi", { savedReply: "none" }),
	);
	offered("scheduled texts", abilities.schedule, "schedule.notOffered", (desk) =>
		desk.trySending(desk.world.people[0], "hi", { at: desk.world.time.now() + 3_600_000 }),
	);
	offered("folders", abilities.folders, "action.notOffered", async (desk) => {
		const { accountId } = desk;
		if (accountId === null) throw new Error("nobody is signed in");
		const [folder] = (await desk.account()).folders;
		return await desk.core.handlers["folders.page"]({
			accountId,
			folderId: folder?.id ?? "x",
			next: null,
		});
	});
	offered("contact cards", abilities.contactCards, "action.notOffered", async (desk) => {
		const { id: conversationId } = await desk.conversation(desk.world.people[0]);
		return await desk.core.handlers["contacts.card"]({ conversationId });
	});
	offered("a directory", abilities.directory, "action.notOffered", async (desk) => {
		const { accountId } = desk;
		if (accountId === null) throw new Error("nobody is signed in");
		return await desk.core.handlers["directory.search"]({ accountId, query: "a" });
	});
	offered("agent states", agentStates, "action.notOffered", async (desk) => {
		const { accountId } = desk;
		if (accountId === null) throw new Error("nobody is signed in");
		const [state] = (await desk.account()).agentStates;
		return await desk.core.handlers["accounts.setAgentState"]({
			accountId,
			stateId: state?.id ?? "Ready",
		});
	});
	offered("live stretches", !sessionless, "action.notOffered", async (desk) => {
		const { id: conversationId } = await desk.conversation(desk.world.people[0]);
		return await desk.core.handlers["stretch.act"]({ conversationId, action: "end" });
	});

	spec("capabilities: several recipients as the line allows", async ({ world, desk }) => {
		await desk.online();
		const { accountId } = desk;
		if (accountId === null) throw new Error("nobody is signed in");
		const { lines, lineId } = await desk.account();
		const line = lines.find(({ id }) => id === lineId);
		const said = await refusal(desk, () =>
			desk.core.handlers["conversations.start"]({
				accountId,
				addresses: [...world.people],
				name: null,
				lineId: null,
				title: null,
			}),
		);
		expect(said).toBe(line?.recipients === "one" ? "peer.tooMany" : null);
	});

	spec("capabilities: a conversation of two has no members and no name to change", async ({ desk }) => {
		await talking(desk);
		const { id: conversationId } = await desk.conversation(desk.world.people[0]);
		const { handlers } = desk.core;
		expect(
			await refusal(desk, () => handlers["conversations.rename"]({ conversationId, title: "x" })),
		).toBe("group.notChangeable");
		expect(
			await refusal(desk, () =>
				handlers["conversations.setMembers"]({ conversationId, addresses: ["5"] }),
			),
		).toBe("group.notChangeable");
	});

	spec(
		"capabilities: each action that a conversation offers works, any other is refused",
		async ({ desk }) => {
			await talking(desk);
			const conversation = await desk.conversation(desk.world.people[0]);
			const conversationId = conversation.id;
			const { handlers } = desk.core;
			const act = (
				action: "close" | "reopen" | "star" | "unstar" | "block" | "unblock" | "leave" | "delete",
			) => refusal(desk, () => handlers["conversations.act"]({ conversationId, action }));
			for (const action of ["close", "reopen", "star", "unstar", "block", "unblock", "leave"] as const)
				if (!conversation.thread.actions.includes(action))
					expect([action, await act(action)]).toEqual([action, "action.notOffered"]);
			for (const action of ["star", "close", "block"] as const)
				if (conversation.thread.actions.includes(action)) {
					expect([action, await act(action)]).toEqual([action, null]);
					await desk.must(`it is done: ${action}`, async () => {
						const { actions } = (await desk.conversation(desk.world.people[0])).thread;
						return !actions.includes(action);
					});
				}
		},
	);

	spec("capabilities: files as the conversation says", async ({ desk }) => {
		await talking(desk);
		const { id: conversationId, thread } = await desk.conversation(desk.world.people[0]);
		const said = await refusal(desk, () =>
			desk.core.handlers["attachments.add"]({
				conversationId,
				name: "a.png",
				type: "image/png",
				data: Buffer.from("not looked at").toString("base64"),
			}),
		);
		const limits = thread.attachments;
		if (limits === null) expect(said).toBe("attachment.notOffered");
		else expect(said).toBe(limits.byAddressOnly?.code ?? null);
	});

	spec(
		`capabilities: ${history ? "a past that can be asked for" : "no past, so older pages end"}`,
		async ({ world, desk }) => {
			await talking(desk);
			const { id: conversationId } = await desk.conversation(world.people[0]);
			const asked = world.traffic.sent.length;
			const opened = await desk.passing(
				desk.core.handlers["conversations.open"]({
					conversationId,
					around: null,
					wholePerson: false,
				}),
			);
			if (!opened.ok) throw new Error(opened.error.code);
			if (history) return;
			expect(opened.value.hasOlder).toBe(false);
			expect(
				world.traffic.sent.slice(asked).filter(({ path }) => !path.includes("notifications")),
			).toEqual([]);
		},
	);
}

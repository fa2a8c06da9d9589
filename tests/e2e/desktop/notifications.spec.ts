import { startTrayHost } from "../../support/tray.ts";
import { expect, test } from "vitest";
import {
	conversationRow,
	message,
	openAccountPage,
	openConversation,
	untilConnection,
	write,
} from "../support/forms.ts";
import { startScene } from "../support/story.ts";
import {
	type Away,
	changeSettings,
	lookAway,
	maya,
	startDesk,
	until,
	untilComposing,
	untilConversation,
	untilWindow,
	watch,
	writesByName,
	zoe,
} from "./support/desk.ts";

test("a conversation has one live notification: the old one is closed and a new one shown", async () => {
	const desk = await startDesk();
	await lookAway(desk);
	await writesByName(desk, maya, "first");
	const first = await desk.notifications.waitFor(({ body }) => body === "first");
	expect(first).toMatchObject({ title: maya.name, app: "Trunkline", replaces: 0 });

	await writesByName(desk, maya, "second");
	const second = await desk.notifications.waitFor(({ body }) => body === "second");
	await desk.notifications.waitUntil((open) => open.length === 1 && open[0]?.id === second.id);
	expect(second.replaces).toBe(0);
	expect(second.id).not.toBe(first.id);
});

test("what a notification shows is a setting: name and text, name only, neither", async () => {
	const desk = await startDesk();
	await lookAway(desk);
	await changeSettings(desk.page, { notificationContent: "nameOnly" });
	await writesByName(desk, maya, "the secret plan");
	const named = await desk.notifications.waitFor(({ title }) => title === maya.name);
	expect(named.body).toBe("New message");

	await changeSettings(desk.page, { notificationContent: "hidden" });
	await writesByName(desk, maya, "another secret");
	const hidden = await desk.notifications.waitFor(({ title }) => title === "Trunkline");
	expect(hidden.body).toBe("New message");
	expect(JSON.stringify(desk.notifications.all())).not.toContain("secret");
});

test("the conversation that the person looks at gives none, and takes its notification away", async () => {
	const desk = await startDesk();
	await lookAway(desk);
	await writesByName(desk, maya, "while away");
	await desk.notifications.waitFor(({ body }) => body === "while away");

	await desk.app.electron.evaluate(({ BrowserWindow }) => {
		const [window] = BrowserWindow.getAllWindows();
		window?.focus();
	});
	await untilWindow(desk.app, { focused: true });
	await openConversation(desk.page, maya.name);
	await desk.notifications.waitUntil((open) => open.length === 0);

	await writesByName(desk, maya, "while looking");
	await message(desk.page, "while looking").waitFor();
	// The next occasion proves that this one gave none: notifications keep their order.
	await lookAway(desk);
	await writesByName(desk, maya, "away again");
	await desk.notifications.waitFor(({ body }) => body === "away again");
	const bodies = desk.notifications.all().map(({ body }) => body);
	expect(bodies.filter((body) => body.startsWith("while") || body.startsWith("away"))).toEqual([
		"while away",
		"away again",
	]);
});

for (const away of ["behind", "hidden", "minimized"] as const satisfies readonly Away[]) {
	test(`a click opens the exact conversation when the window is ${away}`, async () => {
		const desk = await startDesk({ centre: { switches: { secondIncomingSession: true } } });
		await writesByName(desk, maya, "from Maya");
		await openConversation(desk.page, maya.name);
		await lookAway(desk, away);
		await writesByName(desk, zoe, "from Zoë");
		const shown = await desk.notifications.waitFor(({ title }) => title === zoe.name);
		await desk.notifications.click(shown);
		await untilConversation(desk.page, zoe.name);
		await untilComposing(desk.page);
		await untilWindow(desk.app, { visible: true, minimized: false, focused: true });
	});
}

test("a click opens the exact conversation after a hidden start", async () => {
	const desk = await startDesk({ args: ["--hidden"] });
	await writesByName(desk, maya, "good morning");
	const shown = await desk.notifications.waitFor(({ title }) => title === maya.name);
	await desk.notifications.click(shown);
	await untilConversation(desk.page, maya.name);
	await untilComposing(desk.page);
	await untilWindow(desk.app, { visible: true, minimized: false, focused: true });
});

test("what is made up for after an outage is one live notification, not twenty", async () => {
	const desk = await startDesk();
	await writesByName(desk, maya, "before");
	await openConversation(desk.page, maya.name);
	await message(desk.page, "before").waitFor();
	// The driver of these specs makes every page believe that it has the focus, so an open conversation would be
	// marked read, and its notification taken away, behind the window's back.
	await openAccountPage(desk.page);
	await lookAway(desk);

	const colleague = desk.centre.colleagues.get(maya.number);
	await desk.centre.network.cut("refuse");
	for (let index = 1; index <= 20; index += 1) colleague.say(`during ${String(index)}`);
	await untilConnection(desk.page, "Reconnecting");
	await desk.centre.network.restore();
	await untilConnection(desk.page, "Online");
	await desk.centre.untilReachable();
	await desk.centre.writesToAnn(maya.number, "afterwards");
	await desk.notifications.waitUntil((open) => open.length === 1 && open[0]?.body === "afterwards");
});

test("without a notification daemon everything else works, and the window says so", async () => {
	const desk = await startDesk({ session: { notifications: false } });
	await lookAway(desk);
	await writesByName(desk, maya, "anybody there?");
	await desk.page.getByText("This desktop shows no notifications").waitFor();
	await conversationRow(desk.page, maya.name).waitFor();
	expect(desk.notifications.all()).toEqual([]);

	// A daemon that comes later is used.
	await desk.session.startNotifications();
	await writesByName(desk, maya, "and now?");
	await desk.notifications.waitFor(({ body }) => body === "and now?");
});

test("a text that ends failed out of view is told; in view it is not", async () => {
	const desk = await startDesk();
	await writesByName(desk, maya, "hello");
	await openConversation(desk.page, maya.name);
	const refusal = { action: "status", status: 400, statusCode: 10, statusMessage: "Too long" } as const;
	desk.centre.faults.next({ ...refusal, match: { operationName: "SendMessage" } });
	await write(desk.page, "in view");
	await message(desk.page, "in view", "failed").waitFor();

	desk.centre.faults.next({ action: "delay", ms: 1500, match: { operationName: "SendMessage" } });
	desk.centre.faults.next({ ...refusal, match: { operationName: "SendMessage" } });
	await write(desk.page, "slow");
	await write(desk.page, "out of view");
	await lookAway(desk);
	const told = await desk.notifications.waitFor(({ body }) => body.includes("could not be sent"));
	expect(told.title).toBe(maya.name);
	expect(desk.notifications.all().filter(({ body }) => body.includes("could not be sent"))).toHaveLength(1);
});

test("a text whose outcome is unknown is told when nobody looks", async () => {
	const desk = await startDesk({ centre: { switches: { echo: false } } });
	await writesByName(desk, maya, "hello");
	await openConversation(desk.page, maya.name);
	desk.centre.faults.next({ action: "delay", ms: 1500, match: { operationName: "SendMessage" } });
	desk.centre.faults.next({ action: "resetAfter", match: { operationName: "SendMessage" } });
	await write(desk.page, "slow");
	await write(desk.page, "did it?");
	await lookAway(desk);
	const told = await desk.notifications.waitFor(({ body }) => body.startsWith("It is not known whether"));
	expect(told.title).toBe(maya.name);
});

test("practice says on each notification that it is practice", async () => {
	const scene = await startScene({ keyring: "unlocked" });
	const notifications = await watch(scene.session);
	// Without a tray the window would be in the task bar, and that counts as visible.
	const panel = await startTrayHost(scene.session);
	scene.endsWithTest(() => panel.stop());
	const { app } = await scene.launch({ args: ["--practice", "--hidden"] });
	await untilWindow(app, { visible: false });
	await notifications.waitFor(({ title }) => title === `Practice: ${maya.name}`);
	await until(() => notifications.all().every(({ title }) => title.startsWith("Practice: ")), true);
});

import { expect, test } from "vitest";
import { startDesk, startSignedIn } from "../support/desk.ts";
import {
	openAccountPage,
	signIn,
	untilConnection,
	write,
	openConversation,
	message,
} from "../support/forms.ts";
import { ann } from "../support/simulator.ts";
import type { DesktopSession } from "../../support/session.ts";
import { filesWith, logOf, passwordForms, processesWith } from "../support/traces.ts";

/** What another program sees of our items in the keychain. */
async function items(session: DesktopSession): Promise<{ account: string; secret: string }[]> {
	const { stdout, stderr } = await session
		.run("secret-tool", "search", "--all", "service", "Trunkline")
		.catch(() => ({ stdout: "", stderr: "" }));
	const accounts = [...`${stdout}\n${stderr}`.matchAll(/^attribute\.account = (.*)$/gm)].map(
		([, account]) => account ?? "",
	);
	return await Promise.all(
		accounts.map(async (account) => {
			const found = await session.run(
				"secret-tool",
				"lookup",
				"service",
				"Trunkline",
				"account",
				account,
			);
			return { account, secret: found.stdout };
		}),
	);
}

/** The process that serves secrets on the session's bus. */
async function keychainProcess(session: DesktopSession): Promise<number> {
	const { stdout } = await session.run(
		"dbus-send",
		"--session",
		"--print-reply=literal",
		"--dest=org.freedesktop.DBus",
		"/org/freedesktop/DBus",
		"org.freedesktop.DBus.GetConnectionUnixProcessID",
		"string:org.freedesktop.secrets",
	);
	return Number(/uint32 (\d+)/.exec(stdout)?.[1]);
}

test("the password is one item of the system's keychain, nowhere else, and signs the next run in", async () => {
	const { page, app, scene, centre } = await startSignedIn();
	await expect.poll(() => items(scene.session)).toMatchObject([{ secret: ann.password }]);
	await openAccountPage(page);
	await page.getByText("In GNOME Keyring (Secret Service)").waitFor();

	await centre.writesToAnn("6001", "Hello!");
	await page.getByRole("button", { name: /^Inbox/ }).click();
	await openConversation(page, "Maya Fernandez");
	await write(page, "Hello to you.");
	await message(page, "Hello to you.", "delivered").waitFor();
	expect(await processesWith(app.electron.process().pid ?? 0, passwordForms())).toEqual([]);
	await app.close();

	// The keyring's own file is encrypted, so it may be searched along with all the rest.
	expect(await filesWith(scene.session.folder, passwordForms())).toEqual([]);
	expect(await logOf(app.profile)).not.toBe("");
	expect(app.stdout() + app.stderr()).not.toContain(ann.password);

	const again = await scene.launch({ profile: app.profile });
	await untilConnection(again.page, "Online");
	expect(await items(scene.session)).toHaveLength(1);

	await openAccountPage(again.page);
	await again.page.getByRole("button", { name: "Sign out" }).click();
	await again.page.getByRole("button", { name: "Wipe messages" }).click();
	await again.page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	await expect.poll(() => items(scene.session)).toEqual([]);
});

test("without a keychain the agent is asked, and a password kept for this run is gone in the next", async () => {
	const { page, app, scene, centre } = await startDesk({ keyring: "absent" });
	await signIn(page, { server: centre.origin });
	const dialog = page.getByRole("dialog", { name: "Keychain" });
	await dialog.getByText("no working keychain").waitFor();
	await dialog.getByRole("button", { name: "Ask each time" }).waitFor();
	await dialog.getByRole("button", { name: "Keep for this run only" }).click();
	await dialog.waitFor({ state: "hidden" });
	await untilConnection(page, "Online");
	await openAccountPage(page);
	await page.getByText("In memory until you quit").waitFor();

	// The server forgets who we are: this run still knows the password.
	centre.httpSessions.expire();
	await page.getByRole("button", { name: "Check now" }).click();
	await expect
		.poll(() => centre.asked({ path: "/me" }).filter(({ credentials }) => credentials === "basic").length)
		.toBeGreaterThan(1);
	await untilConnection(page, "Online");
	await app.close();
	expect(await filesWith(scene.session.folder, passwordForms())).toEqual([]);

	const again = await scene.launch({ profile: app.profile });
	await again.page.getByRole("heading", { name: "Sign in again" }).waitFor();
	await again.page.getByRole("textbox", { name: "Password" }).fill(ann.password);
	await again.page.getByRole("textbox", { name: "Password" }).press("Enter");
	await untilConnection(again.page, "Online");
});

test("asked each time: only the session is held, and the form returns when the server wants the password", async () => {
	const { page, centre } = await startDesk({ keyring: "absent" });
	await signIn(page, { server: centre.origin });
	await page
		.getByRole("dialog", { name: "Keychain" })
		.getByRole("button", { name: "Ask each time" })
		.click();
	await untilConnection(page, "Online");
	await centre.untilReachable();
	centre.restart({ httpSessionsGone: true });
	await page.getByRole("heading", { name: "Sign in again" }).waitFor();
	await untilConnection(page, "Signed out");
	await page.getByRole("textbox", { name: "Password" }).fill(ann.password);
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await untilConnection(page, "Online");
	await centre.untilReachable();
});

test("a locked keychain is told, and the window stays usable with either choice", async () => {
	const { page, centre, scene } = await startDesk({ keyring: "locked" });
	await signIn(page, { server: centre.origin });
	await untilConnection(page, "Online");
	const dialog = page.getByRole("dialog", { name: "Keychain" });
	await dialog.waitFor();
	await centre.writesToAnn("6001", "Are you there?");
	await openConversation(page, "Maya Fernandez");
	await write(page, "Yes.");
	await message(page, "Yes.", "delivered").waitFor();
	await dialog.getByRole("button", { name: "Keep for this run only" }).click();
	await dialog.waitFor({ state: "hidden" });
	expect(await items(scene.session)).toEqual([]);
});

test("a kept password behind a keychain that was locked meanwhile is asked for once", async () => {
	const { app, scene, centre } = await startSignedIn();
	await expect.poll(() => items(scene.session)).toHaveLength(1);
	await app.close();
	await scene.session.startKeyring("locked");
	const { page } = await scene.launch({ profile: app.profile });
	await page.getByRole("heading", { name: "Sign in again" }).waitFor();
	await page
		.getByText(/keychain of this computer is locked/)
		.first()
		.waitFor();
	await page.getByRole("textbox", { name: "Password" }).fill(ann.password);
	await page.getByRole("textbox", { name: "Password" }).press("Enter");
	await untilConnection(page, "Online");
	await centre.untilReachable();
});

test("a keychain that does not answer is waited for in a usable window, and can be done without", async () => {
	const { app, scene, centre } = await startSignedIn();
	await expect.poll(() => items(scene.session)).toHaveLength(1);
	await app.close();
	const daemon = await keychainProcess(scene.session);
	process.kill(daemon, "SIGSTOP");
	scene.endsWithTest(() => Promise.resolve(process.kill(daemon, "SIGCONT")));

	const { page } = await scene.launch({ profile: app.profile });
	const dialog = page.getByRole("dialog", { name: "Keychain" });
	await dialog.getByText("Waiting for the keychain").waitFor();
	await page
		.getByText(/^\s*(Genesys:)?\s*Waiting for the keychain$/)
		.first()
		.waitFor();
	await openAccountPage(page);
	await dialog.getByRole("button", { name: "Ask each time" }).waitFor();
	await dialog.getByRole("button", { name: "Keep for this run only" }).click();
	await page.getByRole("heading", { name: "Sign in again" }).waitFor();
	await page.getByRole("textbox", { name: "Password" }).fill(ann.password);
	await page.getByRole("textbox", { name: "Password" }).press("Enter");
	await untilConnection(page, "Online");
	await centre.untilReachable();
});

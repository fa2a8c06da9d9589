import { access, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { startBare } from "../../support/launch.ts";
import { openAccountPage, untilConnection } from "../support/forms.ts";
import { ann, type Centre, patienceMs, startCentre } from "../support/simulator.ts";
import { appFolder, type Scene, startScene } from "../support/story.ts";
import { filesWith, passwordForms } from "../support/traces.ts";

async function begin(keyring: "unlocked" | "absent"): Promise<{ scene: Scene; centre: Centre }> {
	const scene = await startScene({ keyring });
	const centre = await startCentre({
		agents: [{ ...ann, devices: [{ phoneNumber: "5001" }, { phoneNumber: "5002" }] }],
	});
	scene.endsWithTest(() => centre.close());
	return { scene, centre };
}

async function accountFile(scene: Scene, content: Record<string, unknown>): Promise<string> {
	const file = path.join(scene.session.home, "account.json");
	await writeFile(file, JSON.stringify(content), { mode: 0o600 });
	return file;
}

const account = (centre: Centre): Record<string, unknown> => ({
	system: "genesys",
	server: centre.origin,
	userName: ann.userName,
	secretKind: "password",
	secret: ann.password,
	line: "5002",
});

const exists = (file: string): Promise<boolean> =>
	access(file).then(
		() => true,
		() => false,
	);

test("an account file signs in on the line it names and is deleted once the keychain has the secret", async () => {
	const { scene, centre } = await begin("unlocked");
	const file = await accountFile(scene, account(centre));
	const { page, app } = await scene.launch({ args: [`--provision=${file}`] });
	await untilConnection(page, "Online");
	await centre.untilReachable();
	expect(centre.agents.deviceByNumber("5002")?.state).not.toBe("Offline");
	expect(centre.agents.deviceByNumber("5001")?.state).toBe("Offline");
	await expect.poll(() => exists(file), { timeout: patienceMs }).toBe(false);
	const { stdout } = await scene.session.run(
		"secret-tool",
		"search",
		"--all",
		"--unlock",
		"service",
		"Trunkline",
	);
	expect(stdout).toContain(ann.password);
	await app.close();
	expect(await filesWith(scene.session.folder, passwordForms())).toEqual([]);

	const again = await scene.launch({ profile: app.profile });
	await untilConnection(again.page, "Online");
});

test("an account file with a key that nobody knows is refused in words, and stays", async () => {
	const { scene, centre } = await begin("unlocked");
	const file = await accountFile(scene, { ...account(centre), sever: "typing error" });
	const { page } = await scene.launch({ args: [`--provision=${file}`] });
	await page.getByText(/account file .* was refused/).waitFor();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	expect(await exists(file)).toBe(true);
	expect(centre.asked({})).toEqual([]);
});

test("without a keychain the account lasts for this run, the file stays, and the agent is told", async () => {
	const { scene, centre } = await begin("absent");
	const file = await accountFile(scene, account(centre));
	const { page, app } = await scene.launch({ args: [`--provision=${file}`] });
	await untilConnection(page, "Online");
	await page.getByText("no working keychain").first().waitFor();
	await openAccountPage(page);
	await page.getByText("In memory until you quit").waitFor();
	expect(await exists(file)).toBe(true);
	await app.close();
	const again = await scene.launch({ profile: app.profile });
	await again.page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
});

test("a second start hands its account file to the app that runs", async () => {
	const { scene, centre } = await begin("unlocked");
	const { page, app } = await scene.launch();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	const file = await accountFile(scene, account(centre));
	// As typed in the home folder: the path is relative, and no longer so in the app that gets it.
	const second = startBare({
		session: scene.session,
		app: appFolder,
		profile: app.profile,
		cwd: scene.session.home,
		args: [`--provision=${path.basename(file)}`],
	});
	expect(await second.ended).toBe(0);
	await untilConnection(page, "Online");
	await centre.untilReachable();
	await expect.poll(() => exists(file), { timeout: patienceMs }).toBe(false);
});

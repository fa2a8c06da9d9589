import { createServer } from "node:net";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { GenesysSimulatorOptions } from "../../../practice/genesys/simulator.ts";
import { createTestAuthority } from "../../servers/certificates.ts";
import {
	fillSignInForm,
	openAccountPage,
	openSignInForm,
	signIn,
	signInOnline,
	untilConnection,
} from "../support/forms.ts";
import { ann, type Centre, startCentre } from "../support/simulator.ts";
import { type OpenApp, type Scene, startScene } from "../support/story.ts";

async function start(
	options: GenesysSimulatorOptions = {},
): Promise<OpenApp & { scene: Scene; centre: Centre }> {
	const scene = await startScene({ keyring: "unlocked" });
	const centre = await startCentre(options);
	scene.endsWithTest(() => centre.close());
	return { scene, centre, ...(await scene.launch()) };
}

const submit = (page: Page): Promise<void> =>
	page.getByRole("button", { name: "Sign in", exact: true }).click();

/** Waits for the error, and that it has the focus. */
async function refusal(page: Page, words: string | RegExp): Promise<void> {
	const alert = page.getByRole("alert").filter({ hasText: words });
	await alert.waitFor();
	await expect.poll(() => alert.evaluate((element) => element.contains(document.activeElement))).toBe(true);
}

async function typedFields(page: Page): Promise<string[]> {
	return Promise.all(
		["Server", "User name", "Password"].map((name) => page.getByRole("textbox", { name }).inputValue()),
	);
}

/** Account file and keychain are as if nobody had tried. */
async function nothingKept(scene: Scene, profile: string): Promise<void> {
	for (const name of await readdir(profile))
		if (/account/i.test(name))
			expect(await readFile(path.join(profile, name), "utf8")).not.toContain(ann.userName);
	const found = await scene.session
		.run("secret-tool", "search", "--all", "service", "Trunkline")
		.catch(() => ({ stdout: "" }));
	expect(found.stdout).toBe("");
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === "string") throw new Error("no port");
	return address.port;
}

test("an agent adds a Genesys account, is online and can be written to", async () => {
	const { page, centre, complaints } = await start();
	await page.getByRole("heading", { name: "Welcome to Trunkline" }).waitFor();
	await signInOnline(page, { server: centre.origin });
	await centre.untilReachable();
	expect(centre.agents.devicesOf(centre.agent)[0]?.state).not.toBe("Offline");
	expect(complaints).toEqual([]);
});

test("an address that leads nowhere is told in words, and what was typed stays", async () => {
	const { page, scene, app } = await start();
	await signIn(page, { server: "https://gws.invalid" });
	await refusal(page, /could not find gws\.invalid/);
	expect(await typedFields(page)).toEqual(["https://gws.invalid", ann.userName, ann.password]);

	const refused = `http://127.0.0.1:${String(await deadPort())}`;
	await fillSignInForm(page, { server: refused });
	await submit(page);
	await refusal(page, /127\.0\.0\.1.* refused the connection/);
	expect(await typedFields(page)).toEqual([refused, ann.userName, ann.password]);

	await fillSignInForm(page, { server: "not an address" });
	await submit(page);
	await refusal(page, "This is not a server address");
	await nothingKept(scene, app.profile);
});

test("a server with an untrusted certificate is told nothing", async () => {
	const { selfSigned } = await createTestAuthority();
	const { page, centre } = await start({ tls: selfSigned });
	await signIn(page, { server: centre.origin });
	await refusal(page, /does not trust the certificate of 127\.0\.0\.1/);
	expect(await typedFields(page)).toEqual([centre.origin, ann.userName, ann.password]);
	expect(centre.asked({})).toEqual([]);
});

test("a wrong password is told, kept nowhere, and corrected in the same form", async () => {
	const { page, centre, scene, app } = await start();
	await signIn(page, { server: centre.origin, password: "not this one" });
	await refusal(page, "did not accept this user name and password");
	expect(await typedFields(page)).toEqual([centre.origin, ann.userName, "not this one"]);
	// A server counts failures and locks accounts: one press is one try.
	expect(
		centre.asked({ method: "GET", path: "/me" }).filter(({ credentials }) => credentials === "basic"),
	).toHaveLength(1);
	await nothingKept(scene, app.profile);

	await page.getByRole("textbox", { name: "Password" }).fill(ann.password);
	await page.getByRole("textbox", { name: "Password" }).press("Enter");
	await untilConnection(page, "Online");
});

test("a server without instant messages says so before anything is set up", async () => {
	const { page, centre, scene, app } = await start({ switches: { imFeature: false } });
	await signIn(page, { server: centre.origin });
	await refusal(page, "does not offer instant messages");
	expect(centre.asked({ operationName: "StartContactCenterSession" })).toEqual([]);
	await nothingKept(scene, app.profile);
});

test("a line that cannot carry messages is named where the agent looks", async () => {
	const { page, centre } = await start({
		agents: [{ ...ann, devices: [{ phoneNumber: "5001", multimedia: false }] }],
	});
	await signIn(page, { server: centre.origin });
	await page
		.getByText(/The line .*5001.* cannot carry instant messages/)
		.first()
		.waitFor();
});

test("with several lines the best guess is offered, and Enter takes it", async () => {
	const { page, centre } = await start({
		agents: [
			{
				...ann,
				devices: [
					{ phoneNumber: "5001", multimedia: false },
					{ phoneNumber: "5002", registered: false },
					{ phoneNumber: "5003" },
				],
			},
		],
	});
	await signIn(page, { server: centre.origin });
	await page.getByRole("heading", { name: "Which line is on this desk?" }).waitFor();
	const line = page.getByRole("combobox", { name: "Line" });
	expect(
		await line.evaluate((element: HTMLSelectElement) => element.selectedOptions[0]?.textContent.trim()),
	).toMatch(/5003/);
	// Nothing is logged in before the agent has chosen.
	await centre.untilAsked({ channel: "/meta/subscribe" });
	expect(centre.asked({ operationName: "StartContactCenterSession" })).toEqual([]);
	await line.press("Enter");
	await centre.untilAsked({ operationName: "StartContactCenterSession" });
	await page.getByRole("heading", { name: "Which line is on this desk?" }).waitFor({ state: "hidden" });
	await untilConnection(page, "Online");
	expect(centre.asked({ operationName: "StartContactCenterSession" })).toHaveLength(1);
});

test("a line that is logged in already is used as it is", async () => {
	const { page, centre } = await start({
		agents: [{ ...ann, devices: [{ phoneNumber: "5001" }, { phoneNumber: "5002" }] }],
	});
	for (const device of centre.agents.devicesOf(centre.agent)) device.state = "Ready";
	await signIn(page, { server: centre.origin });
	await page.getByRole("combobox", { name: "Line" }).selectOption({ label: "5002" });
	await page.getByRole("button", { name: "Use this line" }).click();
	await page.getByRole("heading", { name: "Which line is on this desk?" }).waitFor({ state: "hidden" });
	await untilConnection(page, "Online");
	await centre.untilReachable();
	expect(centre.asked({ operationName: "StartContactCenterSession" })).toEqual([]);
});

test("a telephone that is switched off is named, and used as soon as it is on", async () => {
	const { page, centre } = await start({
		agents: [{ ...ann, devices: [{ phoneNumber: "5001", registered: false }] }],
	});
	await signIn(page, { server: centre.origin });
	await page
		.getByText(/The line 5001 is not registered: the telephone is switched off/)
		.first()
		.waitFor();
	const device = centre.agents.deviceByNumber("5001");
	if (device !== undefined) device.registered = true;
	await openAccountPage(page);
	await page.getByRole("button", { name: "Reconnect now" }).click();
	await centre.untilReachable();
	await page
		.getByText(/is not registered/)
		.first()
		.waitFor({ state: "hidden" });
});

test("place, login code and queue go with the log-in, and a line that is taken is told", async () => {
	const other = {
		userName: "will.clark",
		password: "another",
		firstName: "Will",
		lastName: "Clark",
		place: "Desk 12",
	};
	const { page, centre } = await start({ agents: [ann, other] });
	await openSignInForm(page);
	await fillSignInForm(page, { server: centre.origin });
	await page.getByText("Advanced").click();
	await page.getByRole("textbox", { name: "Place" }).fill("Desk 12");
	await page.getByRole("textbox", { name: "Login code" }).fill("L5001");
	await page.getByRole("textbox", { name: "Queue" }).fill("8001");
	await submit(page);
	await page
		.getByText(/is in use by somebody else/)
		.first()
		.waitFor();
	expect(centre.asked({ operationName: "StartContactCenterSession" })[0]?.body).toMatchObject({
		channels: ["voice"],
		place: "Desk 12",
		loginCode: "L5001",
		queue: "8001",
	});
});

test("an address without encryption asks once, naming the risk", async () => {
	const { page } = await start();
	await openSignInForm(page);
	await fillSignInForm(page, { server: "http://gws.invalid" });
	await submit(page);
	await refusal(page, /connection to gws\.invalid is not encrypted.*could read your password/);
	await page.getByRole("button", { name: "Sign in without encryption" }).click();
	// Agreed to: the next answer is about the host.
	await refusal(page, /could not find gws\.invalid/);
});

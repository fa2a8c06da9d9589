import { flushSync } from "svelte";
import { afterEach, describe, expect, test } from "vitest";
import { page } from "vitest/browser";
import { failed } from "../../shared/errors.ts";
import { asAccountId } from "../../shared/ids.ts";
import { translator } from "../../shared/i18n/translate.ts";
import type { Account } from "../../shared/model.ts";
import { connectionFacts, toneOf, type Detail } from "../lib/connection-words.ts";
import { Formats } from "../lib/format.ts";
import * as sample from "../testing/samples.ts";
import { button, close, show, says } from "../testing/window.ts";

afterEach(close);

const i18n = { t: translator("en"), formats: new Formats("en-GB", "Europe/Lisbon") };
const facts = (account: Account, detail: Detail = "full"): string[] =>
	connectionFacts(i18n, account, detail, () => sample.now).map(({ text }) => text);
const of = (changes: Parameters<typeof sample.connection>[0], more: Partial<Account> = {}): Account =>
	sample.account({ connection: sample.connection(changes), ...more });

describe("what is said of a connection", () => {
	test("how news comes, when the server and when anything was heard last", () => {
		expect(facts(of({}))).toEqual(["live", "heard just now", "last event 3 mins ago"]);
		expect(facts(of({ mode: "poll", lastSign: sample.now - 9000, lastEvent: null }))).toEqual([
			"polling",
			"heard 9 secs ago",
		]);
		expect(facts(of({ lastEvent: sample.now - 1000 }), "least")).toEqual(["heard just now"]);
	});
	test("a server that is silent for longer than it may be is said to be", () => {
		expect(facts(of({ lastSign: sample.now - 29_000 }), "short")).toEqual(["live", "heard 29 secs ago"]);
		expect(facts(of({ lastSign: sample.now - 47_000 }), "short")).toEqual([
			"live",
			"nothing heard for 47 secs",
		]);
		expect(toneOf("online", true)).toBe("warn");
	});
	test("what waits and what is being fetched is said at every width", () => {
		const busy = { queued: 2, gapsFilling: 3 };
		for (const detail of ["full", "short", "least"] as const)
			expect(facts(of({}, busy), detail).slice(-2)).toEqual([
				"catching up in 3 conversations",
				"2 texts waiting",
			]);
	});
	test("offline since when, and when it is tried again", () => {
		expect(facts(of({ state: "offline", mode: null, since: sample.at(10, 31) }))).toEqual([
			"since 10:31",
		]);
		expect(facts(of({ state: "reconnecting", nextAttempt: sample.now + 6000 }))).toEqual([
			"next try in 6 secs",
		]);
		expect(facts(of({ state: "signedOut", mode: null, lastSign: null }))).toEqual([]);
		expect(facts(of({ state: "connecting", waitingForKeychain: true }))).toEqual([
			"Waiting for the keychain",
		]);
	});
});

const words = (): string[] =>
	[...document.querySelectorAll("[role=status][aria-label=Connection] span")].map((word) =>
		word.textContent.trim(),
	);

describe("the strip", () => {
	test("one word for each of six accounts, whatever room there is; folded into the worst when narrow", async () => {
		const app = await show("sixAccounts");
		expect(words()).toEqual(["Online", "Online", "Reconnecting", "Online", "Signed out", "Online"]);
		await page.viewport(320, 640);
		await app.settled();
		await expect.poll(words).toEqual(["Reconnecting"]);
		await expect.element(page.getByText("6 accounts")).toBeVisible();
		const strip = document.querySelector(".strip");
		expect(strip?.scrollWidth).toBe(strip?.clientWidth);
	});
	test("Check now asks for every account that is signed in, and says that it did", async () => {
		const app = await show("sixAccounts");
		await button("Check now").click();
		await app.settled();
		expect(app.bridge.inputsOf("accounts.check").map(({ accountId }) => accountId)).toEqual([
			"agent1",
			"two",
			"three",
			"four",
			"six",
		]);
		app.surroundings.advance(600);
		await app.settled();
		await says(page.getByTestId("announcer"), "Checked with the server at 10:45.");
	});
	test("Reconnect now leaves alone what works; the one account there is may always be rebuilt", async () => {
		let app = await show("sixAccounts");
		await button("Reconnect now").click();
		await app.settled();
		expect(app.bridge.inputsOf("accounts.reconnect")).toEqual([{ accountId: "three" }]);
		await close();
		app = await show("inbox");
		await button("Reconnect now").click();
		await app.settled();
		expect(app.bridge.inputsOf("accounts.reconnect")).toEqual([{ accountId: "agent1" }]);
	});
	test("what could not be done is told, and stays until it is put away", async () => {
		const app = await show("inbox");
		app.bridge.answer("accounts.check", () => failed({ code: "account.offline" }));
		await button("Check now").click();
		await expect.element(page.getByRole("alert")).toBeVisible();
		app.surroundings.advance(60_000);
		await app.settled();
		await button("Dismiss").click();
		await expect.element(page.getByRole("alert")).not.toBeInTheDocument();
	});
	test("on the account page its buttons are the card's alone, and a cell leads there", async () => {
		const app = await show("sixAccounts");
		await page.getByRole("button", { name: "night · gws.example" }).click();
		await app.settled();
		expect(app.desk.navigation.accountId).toBe(asAccountId("four"));
		expect(page.getByRole("button", { name: "Check now" }).elements()).toHaveLength(1);
	});
	test("ages go on while they are seen; a hidden window wakes for nothing", async () => {
		const app = await show("inbox");
		app.surroundings.advance(20_000);
		flushSync();
		await expect.element(page.getByText("heard 22 secs ago")).toBeVisible();
		app.surroundings.isVisible = false;
		app.surroundings.advance(120_000);
		expect(app.surroundings.pending).toBe(0);
		app.surroundings.isVisible = true;
		document.dispatchEvent(new Event("visibilitychange"));
		await app.settled();
		await expect.element(page.getByText("nothing heard for 2 mins")).toBeVisible();
	});
});

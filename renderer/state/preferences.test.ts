import fc from "fast-check";
import { expect, test } from "vitest";
import { failed, ok, type Result } from "../../shared/errors.ts";
import type { Settings, SettingsPatch } from "../../shared/settings.ts";
import { FakeBridge } from "../testing/fake-bridge.ts";
import * as sample from "../testing/samples.ts";
import { Preferences } from "./preferences.svelte.ts";

test("of two changes that overlap, the one that failed is taken back and the other stays", async () => {
	const bridge = new FakeBridge(sample.snapshot());
	const answers: ((result: Result<Settings>) => void)[] = [];
	bridge.answer("settings.patch", () => new Promise((resolve) => void answers.push(resolve)));
	const preferences = new Preferences(bridge);
	preferences.load(sample.settings);
	const first = preferences.patch({ theme: "dark" });
	const second = preferences.patch({ notificationSound: false });
	expect(preferences.settings).toMatchObject({ theme: "dark", notificationSound: false });
	answers[0]?.(failed({ code: "settings.unwritable" }));
	await first;
	expect(preferences.settings).toMatchObject({ theme: "system", notificationSound: false });
	expect(preferences.problem?.code).toBe("settings.unwritable");
	answers[1]?.(ok({ ...sample.settings, notificationSound: false }));
	await second;
	expect(preferences.settings).toEqual({ ...sample.settings, notificationSound: false });
	expect(preferences.problem).toBeNull();
});

test("whatever fails and in whatever order answers come, what is shown in the end is what main has", async () => {
	const patch = fc.oneof(
		fc.record({ theme: fc.constantFrom("system", "light", "dark") }),
		fc.record({ notificationSound: fc.boolean() }),
		fc.record({ undoSendSeconds: fc.constantFrom(0, 5, 10, 20, 30) }),
	) as fc.Arbitrary<SettingsPatch>;
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.record({ patch, fails: fc.boolean() }), { maxLength: 8 }),
			async (steps) => {
				const bridge = new FakeBridge(sample.snapshot());
				let kept = sample.settings;
				let index = 0;
				// Main answers in order; what it could not write it does not have.
				bridge.answer("settings.patch", async (input) => {
					const fails = steps[index++]?.fails === true;
					await Promise.resolve();
					if (fails) return failed({ code: "settings.unwritable" });
					kept = { ...kept, ...(input as Settings) };
					return ok(kept);
				});
				const preferences = new Preferences(bridge);
				preferences.load(sample.settings);
				await Promise.all(steps.map((step) => preferences.patch(step.patch)));
				expect(preferences.settings).toEqual(kept);
			},
		),
	);
});

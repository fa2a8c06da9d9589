import { expect, test } from "vitest";
import { countLevels, levelOf, summarize } from "./results.mjs";

const file = (name: string, ...statuses: string[]) => ({
	name: `/repo/${name}`,
	status: statuses.includes("failed") ? "failed" : "passed",
	assertionResults: statuses.map((status) => ({ status })),
});

test("levels follow the same paths as the projects of vitest", () => {
	expect(levelOf("main/core/a.test.ts")).toBe("unit");
	expect(levelOf("main/adapters/secrets/a.integration.test.ts")).toBe("integration");
	expect(levelOf("renderer/state/a.svelte.test.ts")).toBe("renderer");
	expect(levelOf("tests/e2e/first-run.spec.ts")).toBe("e2e");
	expect(levelOf("tests/conformance/app.spec.ts")).toBe("conformance");
	expect(levelOf("build/package/smoke.spec.ts")).toBe("package");
	expect(levelOf("build/package/allow-list.test.ts")).toBe("unit");
});

test("tests are summed per level, whatever the path's style", () => {
	const windows = { ...file("x", "passed"), name: "C:\\repo\\renderer\\x.test.ts" };
	expect(countLevels("C:\\repo", [{ testResults: [windows] }])).toMatchObject([
		{ name: "renderer", passed: 1 },
	]);
	expect(
		countLevels("/repo", [
			{
				testResults: [
					file("main/a.test.ts", "passed", "failed"),
					file("shared/b.test.ts", "passed", "skipped"),
				],
			},
		]),
	).toEqual([{ name: "unit", files: 2, passed: 2, failed: 1, skipped: 1 }]);
});

test("a file that could not be run is a failure", () => {
	const broken = { ...file("main/a.test.ts"), status: "failed" };
	expect(countLevels("/repo", [{ testResults: [broken] }])[0]?.failed).toBe(1);
});

test("the last line stands alone and agrees with the exit codes", () => {
	const levels = [{ name: "unit", files: 1, passed: 3, failed: 0, skipped: 0 }];
	const good = summarize([
		{ name: "check", seconds: 20, code: 0, levels: [] },
		{ name: "unit", seconds: 5, code: 0, levels },
	]);
	expect(good.lines.at(-1)).toBe("3 passed, 0 failed");
	// A linter that failed, and a runner that crashed after its tests had passed.
	expect(summarize([{ name: "check", seconds: 1, code: 1, levels: [] }]).lines.at(-1)).toBe(
		"0 passed, 1 failed",
	);
	expect(summarize([{ name: "unit", seconds: 1, code: 1, levels }]).lines.at(-1)).toBe(
		"3 passed, 1 failed",
	);
	const one = [{ name: "unit", files: 1, passed: 3, failed: 2, skipped: 0 }];
	expect(summarize([{ name: "unit", seconds: 1, code: 1, levels: one }]).lines.at(-1)).toBe(
		"3 passed, 2 failed",
	);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isPresent, planPackages, systemPackages } from "./system-packages.mjs";

const missing = [
	{ name: "xvfb", why: "a display in memory", command: "Xvfb" },
	{ name: "dunst", why: "a real notification daemon", command: "dunst" },
];

test("nothing missing, nothing done", () => {
	expect(planPackages([], { root: true, debian: true, lists: true })).toEqual({ kind: "nothing" });
});

test("root on Debian installs, with fresh lists where there are none", () => {
	const install = ["apt-get", "install", "-y", "--no-install-recommends", "xvfb", "dunst"];
	expect(planPackages(missing, { root: true, debian: true, lists: true })).toEqual({
		kind: "install",
		steps: [install],
	});
	expect(planPackages(missing, { root: true, debian: true, lists: false })).toEqual({
		kind: "install",
		steps: [["apt-get", "update"], install],
	});
});

test("without root each missing package is named with its reason, then one command", () => {
	const plan = planPackages(missing, { root: false, debian: true, lists: true });
	const lines = plan.kind === "ask" ? plan.lines : [];
	expect(lines).toContain("  xvfb: a display in memory");
	expect(lines).toContain("  dunst: a real notification daemon");
	const commands = lines.filter((line) => line.includes("sudo"));
	expect(commands).toHaveLength(1);
	expect(commands[0]).toContain("apt-get update && apt-get install -y --no-install-recommends xvfb dunst");
});

test("elsewhere nothing is run, even by root", () => {
	const plan = planPackages(missing, { root: true, debian: false, lists: false });
	expect(plan.kind).toBe("ask");
	expect(JSON.stringify(plan)).not.toContain("apt-get");
});

test("a program on PATH counts, wherever it came from", () => {
	const folder = mkdtempSync(join(tmpdir(), "trunkline-path-"));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	const tool = { name: "a-tool", why: "for this test", command: "trunkline-test-tool" };
	expect(isPresent(tool, { PATH: folder })).toBe(false);
	writeFileSync(join(folder, tool.command), "#!/bin/sh\n", { mode: 0o755 });
	expect(isPresent(tool, { PATH: folder })).toBe(true);
});

test("a library counts in any architecture's folder", () => {
	const folder = mkdtempSync(join(tmpdir(), "trunkline-lib-"));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	const library = { name: "liba", why: "for this test", files: [`${folder}/*/liba.so.0`] };
	mkdirSync(join(folder, "some-arch"));
	expect(isPresent(library)).toBe(false);
	writeFileSync(join(folder, "some-arch", "liba.so.0"), "");
	expect(isPresent(library)).toBe(true);
});

test("every package says why, and how its presence is seen", () => {
	for (const one of Object.values(systemPackages).flat()) {
		expect(one.why).not.toBe("");
		expect(one.command ?? one.files).toBeDefined();
	}
});

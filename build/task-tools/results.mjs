// Sums what vitest's JSON reports say.

/**
 * @typedef {object} Level
 * @property {string} name
 * @property {number} files
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/** @typedef {{name: string, status: string, message?: string, assertionResults: readonly {status: string}[]}} FileResult */

/**
 * The level a test file belongs to: the same rules as in vitest.config.ts.
 * @param {string} file Relative to the repository, with `/`.
 */
export function levelOf(file) {
	if (file.startsWith("renderer/")) return "renderer";
	if (file.startsWith("tests/e2e/")) return "e2e";
	if (file.startsWith("tests/conformance/")) return "conformance";
	if (file.startsWith("build/package/") && file.endsWith(".spec.ts")) return "package";
	return file.endsWith(".integration.test.ts") ? "integration" : "unit";
}

/**
 * Counts per level. A file that could not be run has no tests to count: it is one failure.
 * @param {string} root
 * @param {readonly {testResults?: readonly FileResult[]}[]} reports
 * @returns {readonly Level[]}
 */
export function countLevels(root, reports) {
	const folder = root.replaceAll("\\", "/").replace(/\/$/, "");
	/** @type {Map<string, Level>} */
	const levels = new Map();
	for (const report of reports)
		for (const file of report.testResults ?? []) {
			const path = file.name.replaceAll("\\", "/").replace(`${folder}/`, "");
			const name = levelOf(path);
			const level = levels.get(name) ?? { name, files: 0, passed: 0, failed: 0, skipped: 0 };
			const count = (/** @type {string} */ status) =>
				file.assertionResults.filter((one) => one.status === status).length;
			const failed = count("failed");
			level.files += 1;
			level.passed += count("passed");
			level.failed += failed === 0 && file.status === "failed" ? 1 : failed;
			level.skipped += file.assertionResults.length - count("passed") - failed;
			levels.set(name, level);
		}
	return [...levels.values()];
}

/**
 * @typedef {object} StepResult
 * @property {string} name
 * @property {number} seconds
 * @property {number} code Exit code.
 * @property {readonly Level[]} levels Empty for steps that run no tests.
 */

/**
 * The closing table, and as its last line the one that programs read: "N passed, N failed". A step that failed
 * without a failed test counts as one failure, so that the line never contradicts the exit code.
 * @param {readonly StepResult[]} steps
 * @returns {{lines: readonly string[], passed: number, failed: number}}
 */
export function summarize(steps) {
	const row = (/** @type {readonly (string | number)[]} */ cells) =>
		cells
			.map((cell, index) => (index === 0 ? String(cell).padEnd(16) : String(cell).padStart(8)))
			.join("");
	const lines = [row(["level", "files", "passed", "failed", "skipped", "seconds"])];
	let passed = 0;
	let failed = 0;
	for (const step of steps) {
		const tests = step.levels.reduce((sum, level) => sum + level.failed, 0);
		const broken = step.code !== 0 && tests === 0;
		const seconds = step.seconds.toFixed(0);
		if (step.levels.length === 0 || broken)
			lines.push(
				row([step.name, "", "", broken ? "1" : "", "", seconds]) +
					(broken ? "  failed as a whole" : ""),
			);
		step.levels.forEach((level, index) => {
			const time = index === 0 && !broken ? seconds : "";
			lines.push(row([level.name, level.files, level.passed, level.failed, level.skipped, time]));
			passed += level.passed;
		});
		failed += tests + (broken ? 1 : 0);
	}
	lines.push(`${String(passed)} passed, ${String(failed)} failed`);
	return { lines, passed, failed };
}

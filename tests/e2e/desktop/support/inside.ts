import type { Page } from "playwright-core";

/**
 * Runs a script inside the page as the page itself would: from a timer, because what the debugger evaluates is
 * exempt from the content security policy. The answer is what the function returns, or the name of its error.
 */
export async function inside<T>(page: Page, run: () => T | Promise<T>): Promise<T | string> {
	return await page.evaluate<T | string>(
		`new Promise((resolve) => {
			const run = ${run.toString()};
			setTimeout(() => {
				Promise.resolve().then(run).then(resolve, (error) => {
					resolve(error instanceof Error ? error.name : String(error));
				});
			}, 0);
		})`,
	);
}

/** Violations of the content security policy from now on, as "directive blocked". */
export async function watchViolations(page: Page): Promise<() => Promise<string[]>> {
	await page.evaluate(() => {
		const seen: string[] = [];
		document.addEventListener("securitypolicyviolation", (event) => {
			seen.push(`${event.effectiveDirective} ${event.blockedURI}`);
		});
		Object.assign(globalThis, { seenViolations: seen });
	});
	return () => page.evaluate(() => (globalThis as unknown as { seenViolations: string[] }).seenViolations);
}

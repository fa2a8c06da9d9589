import { AppFailure, appError } from "../../../shared/errors.ts";
import type { PracticeAccount, PracticeHost } from "../../core/ports/core.ts";

/** What `practice/index.ts` exports; the bundle is not part of main's, so its shape is written down here. */
interface PracticeModule {
	startPractice(options: {
		readonly seed?: number;
		readonly port?: number;
		readonly firstAfterMs?: number;
	}): Promise<{
		readonly accounts: readonly PracticeAccount[];
		close(): Promise<void>;
	}>;
}

export interface PracticeOptions {
	/** The same seed tells the same story; absent: a new one each time. */
	readonly seed?: number;
}

/**
 * Loads the bundle of the simulated systems only when practice begins.
 * @param bundle file URL of `dist/practice/index.js`
 */
export function practiceHost(bundle: URL, options: PracticeOptions = {}): PracticeHost {
	return {
		async start() {
			try {
				// The name is a value, so that the bundler leaves the import alone.
				const module = (await import(/* @vite-ignore */ bundle.href)) as PracticeModule;
				const practice = await module.startPractice(
					options.seed === undefined ? {} : { seed: options.seed },
				);
				return { accounts: practice.accounts, close: () => practice.close() };
			} catch (cause) {
				throw new AppFailure(appError("practice.failed"), { cause });
			}
		},
	};
}

import { guard } from "./guard.ts";
import { running } from "./host.ts";
import { defaultSession } from "./session.ts";
import type { Surface } from "./surface.ts";

/** The isolated world of an open page, which may use the display's clipboard for us. */
export interface ClipboardPage {
	readonly session: string;
	readonly context: number;
	readonly origin: string;
}

let findPage: () => ClipboardPage | null = () => null;

export function setClipboardPage(find: () => ClipboardPage | null): void {
	findPage = find;
}

/**
 * The asynchronous `clipboard` of Electron 44 and later, on the real clipboard of the display: a page of ours
 * reads and writes it for us. With no page open the text stays in this process.
 */
let kept = "";
let queue: Promise<unknown> = Promise.resolve();

async function evaluate(expression: string): Promise<string | null> {
	const page = findPage();
	if (page === null) return null;
	const { cdp } = running();
	const { session, origin } = page;
	try {
		for (const name of ["clipboard-read", "clipboard-write"])
			await cdp.send("Browser.setPermission", { permission: { name }, setting: "granted", origin });
		await cdp.send("Emulation.setFocusEmulationEnabled", { enabled: true }, session);
		const { result, exceptionDetails } = await cdp.send(
			"Runtime.evaluate",
			{
				expression,
				awaitPromise: true,
				returnByValue: true,
				userGesture: true,
				contextId: page.context,
			},
			session,
		);
		return exceptionDetails === undefined ? String(result.value ?? "") : null;
	} catch {
		return null;
	} finally {
		// What the page itself may do is the app's decision, not ours.
		defaultSession.restorePermissions(origin);
		await cdp
			.send("Emulation.setFocusEmulationEnabled", { enabled: false }, session)
			.catch(() => undefined);
	}
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
	const result = queue.then(work);
	queue = result.catch(() => undefined);
	return result;
}

export const clipboard = guard<Surface["clipboard"]>(
	{
		async readText() {
			kept = (await inTurn(() => evaluate("navigator.clipboard.readText()"))) ?? kept;
			return kept;
		},
		async writeText(text) {
			if (typeof text !== "string") throw new TypeError("Error processing argument at index 0");
			kept = text;
			await inTurn(() => evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`));
		},
		clear() {
			kept = "";
			void inTurn(() => evaluate(`navigator.clipboard.writeText("")`));
		},
	},
	"clipboard",
);

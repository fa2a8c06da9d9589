import type { Protocol } from "../../node_modules/playwright-core/types/protocol.d.ts";
import { running } from "./host.ts";

/** A page that Chromium has just made; its renderer waits until `resume`. */
export interface NewPage {
	readonly targetId: string;
	readonly session: string;
	readonly info: Protocol.Target.TargetInfo;
	readonly resume: () => void;
}

type Claim = (page: NewPage) => boolean;

const claims = new Set<Claim>();
const gone = new Map<string, () => void>();
let onStray: (page: NewPage) => void = () => undefined;

/** Takes the next page that `claim` says yes to. */
export function claimPage(matches: (info: Protocol.Target.TargetInfo) => boolean): Promise<NewPage> {
	return new Promise((resolve) => {
		const claim: Claim = (page) => {
			if (!matches(page.info)) return false;
			claims.delete(claim);
			resolve(page);
			return true;
		};
		claims.add(claim);
	});
}

/** Says what becomes of a page nobody claimed: a pop-up, a tab opened by a key or a middle click. */
export function setStrayHandler(handler: (page: NewPage) => void): void {
	onStray = handler;
}

/** Whether a page is one of our windows, also before it has been taken. */
export function isClaimed(info: { readonly targetId: string; readonly url: string }): boolean {
	return gone.has(info.targetId) || info.url.includes("<title>standin-");
}

/** Runs `then` when a page's target is gone, whoever closed it. */
export function whenGone(targetId: string, then: () => void): void {
	gone.set(targetId, then);
}

/** Every new target starts paused, so that scripts and interception are in place before its first byte. */
export async function watchTargets(): Promise<void> {
	const { cdp } = running();
	cdp.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
		const resume = (): void => {
			cdp.tell("Runtime.runIfWaitingForDebugger", {}, sessionId);
		};
		if (targetInfo.type !== "page") {
			resume();
			return;
		}
		const page: NewPage = { targetId: targetInfo.targetId, session: sessionId, info: targetInfo, resume };
		for (const claim of claims) if (claim(page)) return;
		onStray(page);
	});
	cdp.on("Target.targetDestroyed", ({ targetId }) => {
		const then = gone.get(targetId);
		gone.delete(targetId);
		then?.();
	});
	await cdp.send("Target.setDiscoverTargets", { discover: true });
	await cdp.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
}

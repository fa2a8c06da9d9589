import { Buffer } from "node:buffer";
import type { Protocol } from "../../node_modules/playwright-core/types/protocol.d.ts";
import { running } from "./host.ts";
import { fromWeb, handlerOf, toWeb, webSuffix } from "./protocol.ts";

type Paused = Protocol.Fetch.requestPausedPayload;

/** What `requests` asks of its page. */
export interface NavigationJudge {
	/** Whether the app lets a frame go to `url`; false stops it without a trace. */
	mayNavigate(frameId: string, url: string, isRedirect: boolean): boolean;
}

/** Intercepts a page's requests: its own schemes are answered by the app, navigations are put to it. */
export async function interceptRequests(session: string, judge: NavigationJudge): Promise<void> {
	const { cdp } = running();
	cdp.on(
		"Fetch.requestPaused",
		(paused) => {
			const { requestId, resourceType, request, frameId } = paused;
			const url = fromWeb(request.url);
			// A redirected request keeps the id of the network request it came from.
			const isRedirect = paused.redirectedRequestId !== undefined;
			if (resourceType === "Document" && !judge.mayNavigate(frameId, url, isRedirect)) {
				cdp.tell("Fetch.failRequest", { requestId, errorReason: "Aborted" }, session);
				return;
			}
			if (url === request.url) {
				if (webPatternOnly(url))
					cdp.tell("Fetch.failRequest", { requestId, errorReason: "AddressUnreachable" }, session);
				else cdp.tell("Fetch.continueRequest", { requestId }, session);
				return;
			}
			void answer(paused, url, session);
		},
		session,
	);
	await cdp.send(
		"Fetch.enable",
		{
			patterns: [
				{ urlPattern: `https://*.${webSuffix}/*` },
				{ urlPattern: "*", resourceType: "Document" },
			],
		},
		session,
	);
}

function webPatternOnly(url: string): boolean {
	return new URL(url).hostname.endsWith(`.${webSuffix}`);
}

async function answer({ requestId, request }: Paused, url: string, session: string): Promise<void> {
	const { cdp } = running();
	try {
		const handler = handlerOf(url);
		if (handler === undefined) throw new Error(`no handler for ${url}`);
		const body =
			request.postData !== undefined && !["GET", "HEAD"].includes(request.method)
				? request.postData
				: null;
		const response = await handler(
			new Request(url, { method: request.method, headers: request.headers, body }),
		);
		const responseHeaders = [...response.headers].map(([name, value]) => ({
			name,
			value: name === "location" ? toWeb(value) : value,
		}));
		await cdp.send(
			"Fetch.fulfillRequest",
			{
				requestId,
				responseCode: response.status,
				responseHeaders,
				body: Buffer.from(await response.arrayBuffer()).toString("base64"),
			},
			session,
		);
	} catch (error) {
		if (error instanceof Error && error.message.startsWith("Fetch.fulfillRequest")) return;
		// Electron: a handler that throws is a failed request, reported where the app's author looks.
		console.error(error);
		cdp.tell("Fetch.failRequest", { requestId, errorReason: "Failed" }, session);
	}
}

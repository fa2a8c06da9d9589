import { randomBytes } from "node:crypto";
import type { Protocol } from "../../node_modules/playwright-core/types/protocol.d.ts";
import { makeCodec } from "./codec.ts";
import { running } from "./host.ts";
import { ipcMain } from "./ipc-main.ts";
import type { PageMessage } from "./page/isolated-world.ts";
import { bindingName, isolatedWorldName, makePageScripts } from "./page/scripts.ts";

const codec = makeCodec();

/** What the link tells its page besides IPC. */
export interface LinkOwner {
	/** The event object for a message from one frame. */
	ipcEvent(frameId: string): Electron.IpcMainInvokeEvent;
	onPageMessage(message: PageMessage): void;
}

/** Connects one page with the main process: preload, bridge scripts, messages both ways. */
export class PageLink {
	private readonly contexts = new Map<number, string>();
	private readonly session: string;
	private readonly owner: LinkOwner;

	constructor(session: string, owner: LinkOwner) {
		this.session = session;
		this.owner = owner;
	}

	async install(preload: string | null, processInfo: Record<string, unknown>): Promise<void> {
		const { cdp } = running();
		const { session } = this;
		cdp.on(
			"Runtime.executionContextCreated",
			({ context }) => {
				const data = context.auxData as { frameId?: string } | undefined;
				if (context.name === isolatedWorldName) this.contexts.set(context.id, data?.frameId ?? "");
			},
			session,
		);
		cdp.on(
			"Runtime.executionContextDestroyed",
			({ executionContextId }) => void this.contexts.delete(executionContextId),
			session,
		);
		cdp.on(
			"Runtime.executionContextsCleared",
			() => {
				this.contexts.clear();
			},
			session,
		);
		cdp.on(
			"Runtime.bindingCalled",
			(call) => {
				if (call.name === bindingName) this.receive(call);
			},
			session,
		);
		const scripts = makePageScripts(`e${randomBytes(12).toString("hex")}`, preload, processInfo);
		await Promise.all([
			cdp.send("Runtime.enable", {}, session),
			cdp.send(
				"Runtime.addBinding",
				{ name: bindingName, executionContextName: isolatedWorldName },
				session,
			),
			cdp.send("Page.addScriptToEvaluateOnNewDocument", { source: scripts.mainWorld }, session),
			cdp.send(
				"Page.addScriptToEvaluateOnNewDocument",
				{ source: scripts.isolatedWorld, worldName: isolatedWorldName },
				session,
			),
		]);
	}

	/** Sends to the preload of one frame, as `webContents.send` does to the main one. */
	send(frameId: string, channel: string, values: unknown[]): void {
		const payload = codec.encode(values);
		for (const [context, frame] of this.contexts)
			if (frame === frameId) this.deliver(context, "message", channel, payload);
	}

	/** Runs an expression in the isolated world of one frame. */
	evaluate(frameId: string, expression: string, userGesture = false): void {
		for (const [context, frame] of this.contexts)
			if (frame === frameId)
				running().cdp.tell(
					"Runtime.evaluate",
					{ contextId: context, expression, userGesture },
					this.session,
				);
	}

	/** The isolated world of one frame, if it has one now. */
	contextOf(frameId: string): number | null {
		for (const [context, frame] of this.contexts) if (frame === frameId) return context;
		return null;
	}

	private deliver(contextId: number, kind: string, first: unknown, payload: string): void {
		const expression = `__standInReceive(${JSON.stringify(kind)}, ${JSON.stringify(first)}, ${JSON.stringify(payload)})`;
		running().cdp.tell("Runtime.evaluate", { contextId, expression }, this.session);
	}

	private receive({ payload, executionContextId }: Protocol.Runtime.bindingCalledPayload): void {
		const message = JSON.parse(payload) as PageMessage;
		const frameId = this.contexts.get(executionContextId);
		if (frameId === undefined) return;
		if (message.kind === "send") {
			const values = codec.decode(message.payload) as unknown[];
			ipcMain.emit(message.channel, this.owner.ipcEvent(frameId), ...values);
		} else if (message.kind === "invoke") void this.invoke(message, frameId, executionContextId);
		else this.owner.onPageMessage(message);
	}

	private async invoke(
		message: Extract<PageMessage, { kind: "invoke" }>,
		frameId: string,
		context: number,
	): Promise<void> {
		const { channel, id } = message;
		try {
			const handler = ipcMain.handlers.get(channel);
			if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
			const values = codec.decode(message.payload) as never[];
			const event = this.owner.ipcEvent(frameId);
			let result: unknown;
			try {
				result = await handler(event, ...values);
			} catch (error) {
				console.error(`Error occurred in handler for '${channel}':`, error);
				throw error;
			}
			this.deliver(context, "reply", id, codec.encode(result));
		} catch (error) {
			this.deliver(
				context,
				"failure",
				id,
				`Error invoking remote method '${channel}': ${String(error)}`,
			);
		}
	}
}

import type { IpcMain, IpcMainInvokeEvent, WebContents } from "electron/main";
import * as v from "valibot";
import { appError, failed, ok, toAppError, type Result } from "../../../shared/errors.ts";
import { inputSchemas, type Payload } from "../../../shared/ipc/contract.ts";
import {
	commandChannel,
	commandNames,
	eventChannel,
	type CommandName,
	type EventName,
} from "../../../shared/ipc/names.ts";
import type { CommandHandlers } from "../../core/ports/commands.ts";
import type { Logger } from "../../core/ports/runtime.ts";
import { isAppUrl } from "./app-url.ts";

/** The page that may call; null while there is none. */
export type TrustedPage = () => Pick<WebContents, "id" | "isDestroyed" | "send"> | null;

export interface IpcServerOptions {
	readonly ipcMain: Pick<IpcMain, "handle" | "removeHandler">;
	readonly page: TrustedPage;
	readonly handlers: CommandHandlers;
	readonly logger: Logger;
}

const known: ReadonlySet<unknown> = new Set(commandNames);

/**
 * Answers every command on the one channel. For each: the sender is our page's main frame, the name is in the
 * contract, the input is parsed, the use case runs, and the result crosses as a value. Nothing is ever thrown
 * across: Electron would hand the page the error's message, with whatever stands in it.
 * Returns the function that stops answering.
 */
export function serveCommands({ ipcMain, page, handlers, logger }: IpcServerOptions): () => void {
	ipcMain.handle(commandChannel, (event, envelope: unknown) => {
		// Read at once: after an `await` the frame may have navigated, and `senderFrame` is null.
		const sender = judgeSender(event, page());
		if (sender !== "trusted") {
			logger.warn("ipc.senderRefused", { reason: sender });
			return failed(appError("input.invalid"));
		}
		return answer(envelope, handlers, logger);
	});
	return () => ipcMain.removeHandler(commandChannel);
}

/** Why a sender is not ours, or "trusted". */
function judgeSender(event: IpcMainInvokeEvent, page: ReturnType<TrustedPage>): string {
	const frame = event.senderFrame;
	if (frame === null) return "no frame";
	if (page === null || event.sender.id !== page.id) return "another window";
	if (frame.parent !== null) return "a frame inside the page";
	return isAppUrl(frame.url) ? "trusted" : "another page";
}

async function answer(
	envelope: unknown,
	handlers: CommandHandlers,
	logger: Logger,
): Promise<Result<unknown>> {
	const call = parseEnvelope(envelope);
	if (call === null) {
		logger.warn("ipc.inputRefused");
		return failed(appError("input.invalid"));
	}
	const parsed = v.safeParse(schemaOf(call.name), call.input);
	if (!parsed.success) {
		// Which part was wrong, never what stood there.
		const path = v.getDotPath(parsed.issues[0]);
		logger.warn("ipc.inputRefused", { command: call.name, path });
		return failed(appError("input.invalid"));
	}
	try {
		const run = handlers[call.name] as (input: unknown) => Promise<Result<unknown>>;
		return jsonOnly(await run(parsed.output));
	} catch (thrown) {
		const error = toAppError(thrown);
		logger.error("ipc.handlerFailed", {
			command: call.name,
			problem: error,
			...(thrown instanceof Error ? { reason: thrown.message, stack: thrown.stack } : {}),
		});
		return jsonOnly(failed(error));
	}
}

const schemaOf = (name: CommandName): v.GenericSchema => inputSchemas[name];

function parseEnvelope(envelope: unknown): { readonly name: CommandName; readonly input: unknown } | null {
	if (typeof envelope !== "object" || envelope === null) return null;
	const { name, input, ...rest } = envelope as Record<string, unknown>;
	if (!known.has(name) || Object.keys(rest).length > 0) return null;
	try {
		// The contract is JSON only; a copy has no `undefined`, no getters and no prototype of its own.
		return { name: name as CommandName, input: JSON.parse(JSON.stringify(input)) as unknown };
	} catch {
		return null;
	}
}

/**
 * Only what JSON knows crosses, so that no value can make Electron's own copying throw (and tell the page why),
 * and `undefined`, dates and maps never depend on how a host copies them.
 */
function jsonOnly(result: Result<unknown>): Result<unknown> {
	return JSON.parse(
		JSON.stringify(result.ok ? ok(result.value ?? null) : failed(result.error)),
	) as Result<unknown>;
}

/** Sends events to the page, while there is one. */
export type EventSender = <E extends EventName>(event: E, payload: Payload<E>) => void;

/** An event that no page is there to hear is dropped: a page asks for a snapshot when it begins. */
export function eventSender(page: TrustedPage, logger: Logger): EventSender {
	return (event, payload) => {
		const target = page();
		if (target === null || target.isDestroyed()) return;
		try {
			target.send(eventChannel(event), JSON.parse(JSON.stringify(payload)));
		} catch (error) {
			logger.warn("ipc.eventNotSent", {
				name: event,
				reason: error instanceof Error ? error.message : "unknown",
			});
		}
	};
}

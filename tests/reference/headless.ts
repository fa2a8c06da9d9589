/**
 * The real core without a window: the store that ships on a real file in its worker, the HTTP and CometD clients that
 * ship, Genesys' provider or the reference one; told what to do over standard input (headless-protocol.ts). It is
 * bundled before it is killed (headless-bundle.ts), so that what is killed is what ships.
 */
import { createInterface } from "node:readline";
import { createCore } from "../../main/core/app.ts";
import type { HeadlessConfig, HeadlessLine, HeadlessRequest } from "./headless-protocol.ts";
import { headlessPorts } from "./headless-ports.ts";
import { appError, failed, ok, type Result } from "../../shared/errors.ts";
import { inputSchemas } from "../../shared/ipc/contract.ts";
import * as v from "valibot";

const config = JSON.parse(process.argv[2] ?? "{}") as HeadlessConfig;
const tell = (line: HeadlessLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const { ports, power, window } = await headlessPorts(config);
const core = createCore(ports);
if (config.changes) core.subscribe((payload) => tell({ event: "changes", payload }));
const starting = core.start({ practice: false, provision: null });

async function answer(request: HeadlessRequest): Promise<Result<unknown>> {
	if ("command" in request) {
		const parsed = v.safeParse(inputSchemas[request.command], request.input);
		if (!parsed.success) return failed(appError("input.invalid"));
		const handler = core.handlers[request.command] as (input: unknown) => Promise<Result<unknown>>;
		return await handler(parsed.output);
	}
	switch (request.control) {
		case "stop": {
			const began = performance.now();
			await core.stop(request.deadlineMs);
			return ok({ ms: performance.now() - began });
		}
		case "resume":
		case "suspend":
		case "online":
			power.tell(request.control);
			return ok(null);
		case "focus":
		case "blur":
			window.focus(request.control === "focus");
			return ok(null);
	}
}

createInterface({ input: process.stdin }).on("line", (line) => {
	const request = JSON.parse(line) as HeadlessRequest;
	answer(request).then(
		(result) => {
			tell({ id: request.id, result });
			// Standard output first: the answer is the last thing that is heard of it.
			if ("control" in request && request.control === "stop")
				process.stdout.write("", () => process.exit(0));
		},
		() => tell({ id: request.id, result: failed(appError("internal")) }),
	);
});

await core.handlers["app.snapshot"](null);
tell({ event: "started", ms: performance.now() });
await starting;

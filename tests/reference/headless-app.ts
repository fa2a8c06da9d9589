import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Result } from "../../shared/errors.ts";
import type { Input, Output, Payloads } from "../../shared/ipc/contract.ts";
import type { CommandName } from "../../shared/ipc/names.ts";
import type { HeadlessConfig, HeadlessLine, HeadlessRequest } from "./headless-protocol.ts";

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/** A process of the app without a window, from the one who started it. */
export class HeadlessApp {
	/** Resolves when it has ended, with its exit code or the signal that ended it. */
	readonly exited: Promise<number | NodeJS.Signals>;
	/** Resolves with the ms from the call to the moment it could be asked; undefined: it ended before. */
	readonly started: Promise<number | undefined>;
	readonly pid: number;
	/** Everything it said on standard error. */
	errors = "";
	readonly #child: ChildProcess;
	readonly #answers = new Map<number, (result: Result<unknown> | undefined) => void>();
	readonly #listeners = new Set<(payload: Payloads["changes"]) => void>();
	#asked = 0;

	/** `wrapper`: a program and arguments in front of it, for example a fault injector. */
	constructor(program: string, config: HeadlessConfig, wrapper: readonly string[] = []) {
		const began = performance.now();
		const [file, ...args] = [...wrapper, process.execPath, program, JSON.stringify(config)];
		const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
		this.#child = child;
		this.pid = child.pid ?? 0;
		const started = Promise.withResolvers<number | undefined>();
		this.started = started.promise;
		this.exited = new Promise((resolve) => {
			child.once("exit", (code, signal) => {
				started.resolve(undefined);
				for (const answer of this.#answers.values()) answer(undefined);
				this.#answers.clear();
				resolve(signal ?? code ?? 0);
			});
		});
		// What is written to one that was killed is lost; that is the point.
		child.stdin.on("error", () => undefined);
		child.stderr.setEncoding("utf8").on("data", (text: string) => (this.errors += text));
		createInterface({ input: child.stdout }).on("line", (text) => {
			const line = parsed(text);
			if (line === null) return;
			if ("id" in line) {
				this.#answers.get(line.id)?.(line.result);
				this.#answers.delete(line.id);
			} else if (line.event === "started") started.resolve(performance.now() - began);
			else for (const listener of this.#listeners) listener(line.payload);
		});
	}

	/** The command's result; undefined: it ended before it answered. */
	async invoke<C extends CommandName>(command: C, input: Input<C>): Promise<Result<Output<C>> | undefined> {
		return (await this.#request({ command, input })) as Result<Output<C>> | undefined;
	}

	/** Undefined: it ended before it answered. */
	async control(
		control: "resume" | "suspend" | "online" | "focus" | "blur",
	): Promise<Result<unknown> | undefined> {
		return await this.#request({ control });
	}

	onChanges(listener: (payload: Payloads["changes"]) => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	/** Quits in order; how many ms that took. */
	async stop(deadlineMs = 2000): Promise<number> {
		const began = performance.now();
		await this.#request({ control: "stop", deadlineMs });
		await this.exited;
		return performance.now() - began;
	}

	/** SIGKILL: it does not hear of it. */
	async kill(): Promise<void> {
		this.#child.kill("SIGKILL");
		await this.exited;
	}

	#request(request: WithoutId<HeadlessRequest>): Promise<Result<unknown> | undefined> {
		this.#asked += 1;
		const id = this.#asked;
		return new Promise((resolve) => {
			if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
				resolve(undefined);
				return;
			}
			this.#answers.set(id, resolve);
			this.#child.stdin?.write(`${JSON.stringify({ ...request, id })}\n`);
		});
	}
}

function parsed(text: string): HeadlessLine | null {
	try {
		return JSON.parse(text) as HeadlessLine;
	} catch {
		// The last line of one that was killed in the middle of it.
		return null;
	}
}

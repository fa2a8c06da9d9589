import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";

/**
 * The processes that one test session started. They are ended by the ids recorded here and by nothing else,
 * in the reverse order of their start, also when the test process itself ends.
 */
export class Children {
	private readonly running = new Set<ChildProcess>();
	private readonly onExit = (): void => {
		for (const child of this.running) child.kill("SIGKILL");
	};

	constructor() {
		process.on("exit", this.onExit);
	}

	start(command: string, list: readonly string[], options: SpawnOptions): ChildProcess {
		const child = spawn(command, [...list], options);
		this.running.add(child);
		child.once("exit", () => this.running.delete(child));
		child.once("error", () => this.running.delete(child));
		return child;
	}

	/** Ends one process and waits for it; a process that ignores the first signal is killed. */
	async end(child: ChildProcess): Promise<void> {
		if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
		const gone = new Promise((resolve) => child.once("exit", resolve));
		child.kill("SIGTERM");
		const force = setTimeout(() => child.kill("SIGKILL"), 2000);
		await gone;
		clearTimeout(force);
	}

	async endAll(): Promise<void> {
		for (const child of [...this.running].reverse()) await this.end(child);
		process.removeListener("exit", this.onExit);
	}
}

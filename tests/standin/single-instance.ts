import {
	linkSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	watch,
	writeFileSync,
	type FSWatcher,
} from "node:fs";
import path from "node:path";

interface Claim {
	readonly pid: number;
	readonly startedAt: string;
}

/** What a later start hands to the first one. */
export interface SecondInstance {
	readonly argv: string[];
	readonly workingDirectory: string;
	readonly additionalData: unknown;
}

function startTime(pid: number): string {
	// Field 22 of /proc/PID/stat; the command name in field 2 may hold spaces and brackets.
	const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
	return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function isAlive(claim: Claim): boolean {
	try {
		return startTime(claim.pid) === claim.startedAt;
	} catch {
		return false;
	}
}

function addressOf(claim: Claim): string {
	return `${String(claim.pid)}.${claim.startedAt}`;
}

/**
 * The lock of `app.requestSingleInstanceLock`: a claim file that only one process can create, and a letter
 * box beside it. It is synchronous, as Electron's is.
 */
export class SingleInstance {
	private watcher: FSWatcher | null = null;
	private folder = "";
	private readonly onSecond: (second: SecondInstance) => void;

	constructor(onSecond: (second: SecondInstance) => void) {
		this.onSecond = onSecond;
	}

	get held(): boolean {
		return this.watcher !== null;
	}

	/** Takes the lock of one profile, or hands `second` to its holder and says false. */
	request(userData: string, second: SecondInstance): boolean {
		if (this.held) return true;
		this.folder = path.join(userData, "standin-instance");
		mkdirSync(this.folder, { recursive: true, mode: 0o700 });
		const file = path.join(this.folder, "claim.json");
		for (let attempt = 0; attempt < 3; attempt++) {
			try {
				const claim: Claim = { pid: process.pid, startedAt: startTime(process.pid) };
				this.claim(file, claim);
				this.listen(claim);
				return true;
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
			}
			let holder: Claim | null = null;
			try {
				holder = JSON.parse(readFileSync(file, "utf8")) as Claim;
			} catch {
				// Being removed: look again.
			}
			if (holder !== null && isAlive(holder)) {
				const letter = `second-${addressOf(holder)}-${String(process.pid)}-${String(Date.now())}`;
				const name = path.join(this.folder, letter);
				writeFileSync(`${name}.part`, JSON.stringify(second), { mode: 0o600 });
				renameSync(`${name}.part`, `${name}.json`);
				return false;
			}
			if (holder !== null) rmSync(file, { force: true });
		}
		return false;
	}

	release(): void {
		if (this.watcher === null) return;
		this.watcher.close();
		this.watcher = null;
		rmSync(path.join(this.folder, "claim.json"), { force: true });
	}

	/** Throws EEXIST when another has it. It appears with its content: nobody reads half of it. */
	private claim(file: string, claim: Claim): void {
		const whole = `${file}.${String(process.pid)}`;
		writeFileSync(whole, JSON.stringify(claim), { mode: 0o600 });
		try {
			linkSync(whole, file);
		} finally {
			rmSync(whole, { force: true });
		}
	}

	private listen(claim: Claim): void {
		const collect = (): void => this.collect(`second-${addressOf(claim)}-`);
		this.watcher = watch(this.folder, collect);
		this.watcher.unref();
		// Who started at the same moment may have written before anybody watched.
		collect();
	}

	/** Letters to an earlier holder are thrown away. */
	private collect(toUs: string): void {
		let names: string[];
		try {
			names = readdirSync(this.folder);
		} catch {
			return;
		}
		for (const name of names
			.filter((each) => each.startsWith("second-") && each.endsWith(".json"))
			.sort()) {
			const file = path.join(this.folder, name);
			const text = readFileSync(file, "utf8");
			rmSync(file, { force: true });
			if (name.startsWith(toUs)) this.onSecond(JSON.parse(text) as SecondInstance);
		}
	}
}

import { type AppError, appError, AppFailure } from "../../../../shared/errors.ts";
import type { StoreOpening } from "../../../core/ports/stores.ts";
import { finishWipe } from "./keep/wipe.ts";
import { diskProblem, markDamaged } from "./open/file-state.ts";
import { isSound, openStore, type OpenStoreOptions, reasonOf } from "./open/open-store.ts";
import type { ReadableDatabase } from "./open/readable.ts";
import { takeToTell } from "./open/restore.ts";
import { storageFailure } from "./problems.ts";
import { type SqlDatabase, SqliteFailure, sqliteCodes } from "./sqlite-driver.ts";
import { DatabaseStore, type SyncStore } from "./sync-store.ts";

/** Calls that change the database. */
const writing: ReadonlySet<keyof SyncStore> = new Set(["write", "note", "prune", "wipe"]);

type State =
	| { readonly kind: "closed" }
	| { readonly kind: "working"; readonly database: SqlDatabase; readonly store: DatabaseStore }
	| {
			readonly kind: "readable";
			readonly readable: ReadableDatabase;
			readonly store: DatabaseStore;
			readonly problem: AppError;
	  }
	/** The disk failed under an open database; the next call opens it anew. */
	| { readonly kind: "lost"; readonly problem: AppError }
	| { readonly kind: "refused"; readonly problem: AppError };

/**
 * The database of a store from opening to closing, and what becomes of it when the disk does not do its part.
 *
 *   closed --open--> working <--next write-- readable      read-only, full or failing when it was opened
 *              |        |  ^
 *              |        v  | next call
 *              |       lost                                an I/O error: what SQLite holds of the file is not trusted
 *              +-----> refused                             nothing was opened
 */
export class DatabaseHost {
	readonly #options: OpenStoreOptions;
	#state: State = { kind: "closed" };
	#unclean = false;
	#checked = false;
	#suspicions = 0;

	constructor(options: OpenStoreOptions) {
		this.#options = options;
	}

	/** Never throws. */
	open(): StoreOpening {
		const opened = openStore(this.#options);
		switch (opened.kind) {
			case "working":
				this.#work(opened.database);
				this.#unclean = opened.unclean;
				return { state: "working", problem: null, did: this.#toTell(opened.database) };
			case "readable": {
				const { readable, problem } = opened;
				this.#state = {
					kind: "readable",
					readable,
					store: new DatabaseStore(readable.database),
					problem,
				};
				return { state: "readOnly", problem, did: [] };
			}
			case "refused":
				this.#state = { kind: "refused", problem: opened.problem };
				return { state: "refused", problem: opened.problem };
		}
	}

	/** Runs one call of the port. Throws an `AppFailure`. */
	call(name: keyof SyncStore, args: readonly unknown[]): unknown {
		if (name === "close") {
			this.#close();
			return undefined;
		}
		const store = this.#storeFor(writing.has(name));
		try {
			return run(store, name, args);
		} catch (error) {
			if (this.#state.kind !== "working" || !isFull(error)) throw this.#failure(error);
			// Committed pages wait in the journal for their place in the file; putting them there makes room in it.
			try {
				checkpoint(this.#state.database, "TRUNCATE");
				return run(store, name, args);
			} catch (again) {
				throw this.#failure(again);
			}
		}
	}

	/** A step of writing the search index; false: nothing is left, or it cannot be written now. */
	indexStep(budgetMs: number): boolean {
		return this.#background(({ store }) => store.messageSearch.step(budgetMs)) ?? false;
	}

	/** Moves what is in the journal into the file; what fails here is tried again after the next commit. */
	checkpoint(): void {
		this.#background(({ database }) => checkpoint(database, "PASSIVE"));
	}

	/**
	 * What a stop left undone or in doubt: the rest of a wipe, and after an unclean stop whether file and search index
	 * are sound. Once; takes seconds for a large database.
	 */
	checkOnce(): void {
		if (this.#checked) return;
		this.#checked = true;
		this.#background(({ database, store }) => finishWipe(database, store.messageSearch));
		if (!this.#unclean) return;
		this.#background(({ database, store }) => {
			const sound = isSound(database);
			const searchable = sound && store.messageSearch.check();
			this.#options.log("storage.checked", { sound, searchable });
			if (!sound) markDamaged(this.#options.path);
			else if (!searchable) store.messageSearch.rebuild();
		});
	}

	/** Work of the background; a failure is dealt with and logged, and ends it for now. */
	#background<T>(work: (state: Extract<State, { kind: "working" }>) => T): T | null {
		if (this.#state.kind !== "working") return null;
		try {
			return work(this.#state);
		} catch (error) {
			this.#failure(error);
			return null;
		}
	}

	#storeFor(write: boolean): DatabaseStore {
		const state = this.#state;
		switch (state.kind) {
			case "working":
				return state.store;
			case "readable":
				return write ? this.#reopenForWriting(state) : state.store;
			case "lost":
				return this.#reopen(state.problem, write);
			case "refused":
				throw new AppFailure(state.problem);
			case "closed":
				throw new AppFailure(appError("storage.unavailable"));
		}
	}

	/** While it cannot be written, what could be read before stays readable. */
	#reopenForWriting(state: Extract<State, { kind: "readable" }>): DatabaseStore {
		const opened = openStore({ ...this.#options, orReadable: false });
		if (opened.kind !== "working") throw new AppFailure(failing(state.problem));
		state.readable.discard();
		return this.#work(opened.database);
	}

	#reopen(before: AppError, write: boolean): DatabaseStore {
		const opened = openStore(this.#options);
		if (opened.kind === "working") return this.#work(opened.database);
		if (opened.kind === "refused") throw new AppFailure(failing(before));
		const { readable, problem } = opened;
		const store = new DatabaseStore(readable.database);
		this.#state = { kind: "readable", readable, store, problem };
		if (write) throw new AppFailure(failing(problem));
		return store;
	}

	#work(database: SqlDatabase): DatabaseStore {
		const store = new DatabaseStore(database);
		this.#state = { kind: "working", database, store };
		this.#background(() => store.messageSearch.prepare());
		return store;
	}

	#toTell(database: SqlDatabase): readonly AppError[] {
		try {
			return takeToTell(database);
		} catch (error) {
			this.#options.log("storage.failed", { reason: reasonOf(error) });
			return [];
		}
	}

	#failure(error: unknown): AppFailure {
		if (error instanceof AppFailure) return error;
		const { path, log } = this.#options;
		log("storage.failed", { reason: reasonOf(error) });
		if (!(error instanceof SqliteFailure)) return storageFailure(error);
		const problem = failing(diskProblem(path, error));
		if (error.code === sqliteCodes.corrupt || error.code === sqliteCodes.notADatabase) {
			markDamaged(path);
			// Opening it anew looks into it, and mends it; not again and again, if that does not help.
			if (this.#suspicions < mostSuspicions) this.#lose(problem);
			this.#suspicions += 1;
		} else if (untrusted.has(error.code)) this.#lose(problem);
		return new AppFailure(problem, { cause: error });
	}

	#lose(problem: AppError): void {
		const state = this.#state;
		this.#state = { kind: "lost", problem };
		if (state.kind !== "working") return;
		try {
			state.database.close();
		} catch (error) {
			this.#options.log("storage.notClosed", { reason: reasonOf(error) });
		}
	}

	#close(): void {
		const state = this.#state;
		this.#state = { kind: "closed" };
		if (state.kind === "readable") state.readable.discard();
		if (state.kind !== "working") return;
		try {
			state.store.close();
		} catch (error) {
			// Everything committed is in the file or its journal.
			this.#options.log("storage.notClosed", { reason: reasonOf(error) });
		}
	}
}

function isFull(error: unknown): boolean {
	return error instanceof SqliteFailure && error.code === sqliteCodes.full;
}

function checkpoint(database: SqlDatabase, how: "PASSIVE" | "TRUNCATE"): void {
	database.get(`PRAGMA wal_checkpoint(${how})`);
}

/** How often in one run a database is opened anew because it looks damaged. */
const mostSuspicions = 3;

/** After these, what SQLite holds of the file may not be what is on the disk. */
const untrusted: ReadonlySet<number> = new Set([
	sqliteCodes.ioError,
	sqliteCodes.cannotOpen,
	sqliteCodes.readOnly,
]);

/** The words for a call that could not be done; those of opening are for opening. */
function failing(problem: AppError): AppError {
	return problem.code === "storage.inUse" || problem.code === "storage.unavailable"
		? appError("storage.failing")
		: problem;
}

/** One call on the engine. */
function run(store: DatabaseStore, name: keyof SyncStore, args: readonly unknown[]): unknown {
	return (store[name] as (this: DatabaseStore, ...args: readonly unknown[]) => unknown).call(
		store,
		...args,
	);
}

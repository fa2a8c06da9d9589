import type { AppError } from "../../shared/errors.ts";
import type { About, Change, Snapshot } from "../../shared/ipc/contract.ts";
import type { KeychainQuestion, KeychainStatus, StorageStatus } from "../../shared/model.ts";

/** What is true of this computer and this run: storage, keychain, practice mode, notices, versions. */
export class Computer {
	about: About | null = $state.raw(null);
	practice = $state(false);
	/** Null until the window has its snapshot. */
	storage: StorageStatus | null = $state.raw(null);
	keychain: KeychainStatus | null = $state.raw(null);
	keychainQuestions: readonly KeychainQuestion[] = $state.raw([]);
	/** Things to tell the person that were not put away yet. */
	notices: readonly AppError[] = $state.raw([]);

	load(snapshot: Snapshot): void {
		this.about = snapshot.about;
		this.practice = snapshot.practice;
		this.storage = snapshot.storage;
		this.keychain = snapshot.keychain;
		this.keychainQuestions = snapshot.keychainQuestions;
		this.notices = snapshot.notices;
	}

	apply(changes: readonly Change[]): void {
		for (const change of changes) {
			if (change.type === "practice") this.practice = change.practice;
			else if (change.type === "storage") this.storage = change.storage;
			else if (change.type === "keychain") {
				this.keychain = change.keychain;
				this.keychainQuestions = change.questions;
			} else if (change.type === "notices") this.notices = change.notices;
		}
	}
}

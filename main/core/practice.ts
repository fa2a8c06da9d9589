import { appError, failed, ok, type Result, toAppError } from "../../shared/errors.ts";
import type { AccountId } from "../../shared/ids.ts";
import type { CorePorts, PracticeAccount, PracticeHost } from "./ports/core.ts";
import { Workspace, type WorkspaceHost } from "./workspace.ts";

/** How long leaving practice may take. */
const leaveMs = 2000;

/** A stay in practice mode: the simulated systems, and a workspace of its own that goes with it. */
export interface PracticeStay {
	readonly workspace: Workspace;
	/** The account to show first, once the accounts are signed in; null: none could be. */
	readonly signedIn: Promise<AccountId | null>;
	leave(): Promise<void>;
}

/** Starts the simulated systems and a workspace for them; sign-ins go on by themselves. */
export async function startPractice(
	host: WorkspaceHost,
	activate: (workspace: Workspace) => void,
): Promise<Result<PracticeStay>> {
	const { ports } = host;
	const running = await startSimulators(ports);
	if (running === null) return failed(appError("practice.failed"));
	const workspace = new Workspace(host, true, ports.practiceMessages());
	await workspace.start();
	activate(workspace);
	const signedIn = signInToAll(workspace, running.accounts, ports).catch((thrown: unknown) => {
		ports.logger.error("practice.failed", { error: toAppError(thrown) });
		return null;
	});
	const leave = async (): Promise<void> => {
		await signedIn;
		for (const id of workspace.manager.ids) await workspace.manager.signOut(id, "wipe");
		await workspace.stop(leaveMs);
		await running.close();
	};
	return ok({ workspace, signedIn, leave });
}

async function signInToAll(
	workspace: Workspace,
	accounts: readonly PracticeAccount[],
	{ logger }: CorePorts,
): Promise<AccountId | null> {
	let first: AccountId | null = null;
	for (const account of accounts) {
		const signedIn = await workspace.manager.signIn(
			{ code: null, options: {}, ...account, allowUnencrypted: true },
			{ kind: "practice", line: account.line ?? null },
		);
		if (signedIn.ok) first ??= signedIn.value.accountId;
		else logger.error("practice.signIn", { error: signedIn.error });
	}
	return first;
}

async function startSimulators(ports: CorePorts): Promise<Awaited<ReturnType<PracticeHost["start"]>> | null> {
	try {
		return await ports.practice.start();
	} catch (thrown) {
		ports.logger.error("practice.failed", { error: toAppError(thrown) });
		return null;
	}
}

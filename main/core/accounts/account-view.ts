import type { Abilities, Account, SecretKeeping } from "../../../shared/model.ts";
import type { AccountRecord } from "../ports/stores.ts";
import type { AccountSession } from "./account-session.ts";

export interface AccountNow {
	readonly practice: boolean;
	readonly keeping: SecretKeeping;
	readonly queued: number;
	/** Conversations in which messages are missing and are being asked for. */
	readonly gaps: number;
	readonly softLimit: number | null;
	readonly can: Abilities;
}

/** The account as the window shows it. */
export function accountView(record: AccountRecord, session: AccountSession, now: AccountNow): Account {
	return {
		id: record.id,
		system: record.system,
		label: accountLabel(record),
		server: record.server,
		userName: record.userName,
		method: record.method,
		practice: now.practice,
		encrypted: record.encrypted,
		secretKeeping: now.keeping,
		connection: session.connection,
		lines: session.desk.lines,
		lineId: session.desk.lineId,
		lineQuestion: session.desk.question,
		agentStates: session.agent.states,
		agentState: session.agent.state,
		warnings: session.warnings,
		gapsFilling: now.gaps,
		queued: now.queued,
		softLimit: now.softLimit,
		can: now.can,
		folders: session.folders,
		devices: session.devices,
	};
}

/** "agent1 · gws.example": a name for the account that tells two of them apart. */
export function accountLabel({ userName, server }: Pick<AccountRecord, "userName" | "server">): string {
	const host = URL.parse(server)?.hostname ?? server;
	return userName === "" ? host : `${userName} · ${host}`;
}

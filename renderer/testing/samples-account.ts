import { asAccountId, asLineId } from "../../shared/ids.ts";
import type { Account, Connection, EpochMs } from "../../shared/model.ts";

export const now: EpochMs = Date.UTC(2026, 2, 22, 10, 45);
const minute = 60_000;
const day = 24 * 60 * minute;
/** Today at hour and minute, Lisbon time in March (UTC). */
export const at = (hour: number, minutes: number, daysAgo = 0): EpochMs =>
	Date.UTC(2026, 2, 22, hour, minutes) - daysAgo * day;

export const online: Connection = {
	state: "online",
	since: now - 40 * minute,
	lastSign: now - 2000,
	nextAttempt: null,
	problem: null,
	mode: "push",
	lastEvent: now - 3 * minute,
	permittedSilenceMs: 30_000,
	waitingForKeychain: false,
};

export function connection(changes: Partial<Connection> = {}): Connection {
	return { ...online, ...changes };
}

export const deskPhone = asLineId("/devices/5001");
export const softphone = asLineId("/devices/5002");

export function account(changes: Partial<Account> = {}): Account {
	return {
		id: asAccountId("agent1"),
		system: "genesys",
		label: "agent1 · gws.example",
		server: "https://gws.example:8090",
		userName: "agent1",
		method: "password",
		practice: false,
		encrypted: true,
		secretKeeping: "keychain",
		connection: online,
		lines: [
			{
				id: deskPhone,
				label: "Desk phone 5001",
				address: "5001",
				active: true,
				loggedIn: true,
				canMessage: true,
				medium: "im",
				recipients: "one",
				attachments: null,
			},
			{
				id: softphone,
				label: "Softphone 5002",
				address: "5002",
				active: true,
				loggedIn: false,
				canMessage: true,
				medium: "im",
				recipients: "one",
				attachments: null,
			},
		],
		lineId: deskPhone,
		lineQuestion: null,
		agentStates: [
			{ id: "Ready", label: "Ready", kind: "ready" },
			{ id: "NotReady", label: "Not Ready", kind: "notReady" },
			{ id: "Lunch", label: "Not Ready: Lunch", kind: "notReady" },
		],
		agentState: { id: "Ready", label: "Ready", kind: "ready" },
		warnings: [],
		gapsFilling: 0,
		queued: 0,
		softLimit: 1000,
		can: {
			savedReplies: false,
			schedule: false,
			folders: false,
			groups: false,
			typedNumbers: true,
			directory: true,
			contactCards: false,
		},
		folders: [],
		devices: [],
		...changes,
	};
}

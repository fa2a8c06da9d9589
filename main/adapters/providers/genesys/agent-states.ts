import type { AgentState, AgentStateKind } from "../../../../shared/model.ts";
import * as v from "valibot";
import { agentStatesSchema, type UserState } from "./wire.ts";

/** Agent states: those of `/settings/agent-states`, and the ids that are the same on every site (section 7.2). */

export interface KnownState extends AgentState {
	/** Upper case; what a device's `userState.id` is compared with. */
	readonly stateId: string | null;
}

/** What every site has; used until, or if, the site's own list cannot be read. */
export const wellKnownStates: readonly KnownState[] = [
	{ id: "Ready", label: "Ready", kind: "ready", stateId: "9430250E-0A1B-421F-B372-F29E69366DED" },
	{ id: "NotReady", label: "Not Ready", kind: "notReady", stateId: "900D55CC-2BB0-431F-8BF9-D3525B383BE6" },
	{
		id: "AfterCallWork",
		label: "AfterCallWork",
		kind: "afterWork",
		stateId: "D3663509-3D82-4DD3-A82E-2EA8EFA02AEF",
	},
	{ id: "AuxWork", label: "AuxWork", kind: "aux", stateId: "2B36138D-C564-4562-A8CB-3C32D564F296" },
];

/**
 * The states an agent can choose. "Offline" (state Logout) is left out: logging out is leaving, which has an
 * order of its own (EndContactCenterSession).
 */
export function readAgentStates(body: unknown): readonly KnownState[] {
	const parsed = v.safeParse(agentStatesSchema, body);
	const listed = (parsed.success ? parsed.output.settings : null) ?? [];
	const states = new Map<string, KnownState>();
	for (const { id, operationName, displayName, state, workMode } of listed) {
		const kind = kindOf(state, workMode);
		if (kind === "loggedOut" || states.has(operationName)) continue;
		states.set(operationName, {
			id: operationName,
			label: displayName ?? operationName,
			kind,
			stateId: id?.toUpperCase() ?? null,
		});
	}
	return states.size === 0 ? wellKnownStates : [...states.values()];
}

/** The state a device is in; null when it is logged out or says nothing. */
export function agentStateOf(userState: UserState | null, known: readonly KnownState[]): AgentState | null {
	if (userState === null || isLoggedOut(userState)) return null;
	const { id, displayName, state, workMode } = userState;
	const match =
		known.find((candidate) => id !== null && candidate.stateId === id.toUpperCase()) ??
		known.find((candidate) => displayName !== null && candidate.label === displayName) ??
		wellKnownStates.find((candidate) => id !== null && candidate.stateId === id.toUpperCase());
	if (match !== undefined) return { id: match.id, label: match.label, kind: match.kind };
	const label = displayName ?? state;
	return label === null ? null : { id: label, label, kind: kindOf(state, workMode) };
}

export function isLoggedOut(userState: UserState | null): boolean {
	return userState?.state === "LoggedOut" || userState?.state === "Logout";
}

function kindOf(state: string | null, workMode: string | null): AgentStateKind {
	if (workMode === "AfterCallWork") return "afterWork";
	if (workMode === "AuxWork") return "aux";
	switch (state) {
		case "Ready":
			return "ready";
		case "NotReady":
			return "notReady";
		case "Logout":
		case "LoggedOut":
			return "loggedOut";
		default:
			return "other";
	}
}

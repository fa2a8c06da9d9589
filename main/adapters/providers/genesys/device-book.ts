import * as v from "valibot";
import { asLineId, type LineId } from "../../../../shared/ids.ts";
import type { AgentState, Line } from "../../../../shared/model.ts";
import type { ProviderEvent } from "../../../core/ports/provider.ts";
import { agentStateOf, isLoggedOut, wellKnownStates, type KnownState } from "./agent-states.ts";
import { annexSchema, type Device } from "./wire.ts";

/** The devices of the agent, and which of them is the line of this desk. Pure; methods return what to tell. */
export class DeviceBook {
	readonly #devices = new Map<string, Device>();
	/** Null: asked, and not known. */
	readonly #canMessage = new Map<string, boolean | null>();
	#chosen: LineId | null = null;
	#states: readonly KnownState[] = wellKnownStates;
	#told = { lines: "[]", agentState: "null" };

	lines(): readonly Line[] {
		return [...this.#devices.values()].map((device) => this.#line(device));
	}

	device(line: LineId): Device | null {
		return [...this.#devices.values()].find((device) => devicePath(device.id) === line) ?? null;
	}

	get chosen(): LineId | null {
		return this.#chosen;
	}

	get states(): readonly KnownState[] {
		return this.#states;
	}

	/** Only this disables IM; Not Ready does not (row 23). */
	loggedOut(line: LineId): boolean {
		return isLoggedOut(this.device(line)?.userState ?? null);
	}

	choose(line: LineId): readonly ProviderEvent[] {
		this.#chosen = line;
		return this.#changes();
	}

	setStates(states: readonly KnownState[]): readonly ProviderEvent[] {
		this.#states = states;
		return this.#changes();
	}

	/** The whole list, as `/me` or `/me/devices` has it: what is missing from it is no longer assigned. */
	replace(devices: readonly Device[]): readonly ProviderEvent[] {
		const wasOut = this.#chosenOut();
		this.#devices.clear();
		for (const device of devices) this.#devices.set(device.id, device);
		return this.#changes(wasOut);
	}

	/** Devices of a notification: changed ones, and never the whole list. */
	merge(devices: readonly Device[]): readonly ProviderEvent[] {
		const wasOut = this.#chosenOut();
		for (const device of devices) {
			const known = this.#devices.get(device.id);
			this.#devices.set(device.id, known === undefined ? device : withoutLosses(known, device));
		}
		return this.#changes(wasOut);
	}

	/** The DN's annex was read (row 13), or could not be. */
	annex(deviceId: string, body: unknown): readonly ProviderEvent[] {
		this.#canMessage.set(deviceId, canCarryMessages(body));
		return this.#changes();
	}

	/** Ids of devices whose annex was not asked for yet. */
	withoutAnnex(): readonly string[] {
		return [...this.#devices.keys()].filter((id) => !this.#canMessage.has(id));
	}

	#chosenOut(): boolean {
		return this.#chosen !== null && this.loggedOut(this.#chosen);
	}

	#changes(wasOut = false): readonly ProviderEvent[] {
		const events: ProviderEvent[] = [];
		const lines = this.lines();
		if (JSON.stringify(lines) !== this.#told.lines) events.push({ type: "lines", lines });
		const state = this.agentState();
		if (JSON.stringify(state) !== this.#told.agentState) events.push({ type: "agentState", state });
		this.#told = { lines: JSON.stringify(lines), agentState: JSON.stringify(state) };
		if (wasOut && !this.#chosenOut()) events.push({ type: "sendable", peer: null });
		return events;
	}

	/** State of the chosen line; of the only one when none is chosen yet. */
	agentState(): AgentState | null {
		const device =
			this.#chosen !== null
				? this.device(this.#chosen)
				: this.#devices.size === 1
					? ([...this.#devices.values()][0] ?? null)
					: null;
		return agentStateOf(device?.userState ?? null, this.#states);
	}

	#line(device: Device): Line {
		const number = device.phoneNumber ?? "";
		const label = device.description ?? (number === "" ? device.id : number);
		return {
			id: devicePath(device.id),
			label: label === number || number === "" ? label : `${label} (${number})`,
			address: number,
			active: device.deviceState !== "Inactive",
			loggedIn: device.userState?.state == null ? null : !isLoggedOut(device.userState),
			canMessage: this.#canMessage.get(device.id) ?? null,
			medium: "im",
			recipients: "one",
			attachments: null,
		};
	}
}

/** Devices carry no path: it is built from the id (section 7.1). */
export function devicePath(deviceId: string): LineId {
	return asLineId(`/devices/${deviceId}`);
}

/**
 * The best guess for a desk (row 13): the remembered line, then one whose annex allows messages, then active
 * and logged in, then active. Null: none can carry messages.
 */
export function suggestLine(lines: readonly Line[], remembered: LineId | null): LineId | null {
	const usable = lines.filter((line) => line.canMessage !== false);
	const kept = usable.find((line) => line.id === remembered);
	if (kept !== undefined) return kept.id;
	const score = (line: Line): number =>
		(line.canMessage === true ? 4 : 0) + (line.active ? 2 : 0) + (line.loggedIn === false ? 0 : 1);
	return (
		usable.reduce<Line | null>(
			(best, line) => (best === null || score(line) > score(best) ? line : best),
			null,
		)?.id ?? null
	);
}

/** `multimedia=true` and `sip-signalling-chat=none`; null when the annex does not say. */
function canCarryMessages(body: unknown): boolean | null {
	const parsed = v.safeParse(annexSchema, body);
	const settings = parsed.success ? parsed.output.settings : null;
	if (settings === null) return null;
	const value = (name: string): string | null =>
		settings
			.find((setting) => setting.name === name)
			?.value?.trim()
			.toLowerCase() ?? null;
	const chat = value("sip-signalling-chat");
	if (value("multimedia") !== "true") return false;
	return chat === null ? null : chat === "none";
}

/** A notification may leave fields out; what it does not say stays as it was. */
function withoutLosses(known: Device, changed: Device): Device {
	return {
		id: known.id,
		deviceState: changed.deviceState ?? known.deviceState,
		userState: changed.userState ?? known.userState,
		phoneNumber: changed.phoneNumber ?? known.phoneNumber,
		description: changed.description ?? known.description,
		channels: changed.channels ?? known.channels,
	};
}

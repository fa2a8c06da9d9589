import * as v from "valibot";
import type { EpochMs } from "../../../../shared/model.ts";

/**
 * What Genesys Web Services v2 puts on the wire, read tolerantly: unknown keys are ignored, a field of the
 * wrong type counts as absent, a bad element of a list is left out and its neighbours stay. Ids are opaque.
 * Only what this client uses is named here (protocol sheet, sections 5 to 10).
 */

const text = v.fallback(
	v.nullish(v.union([v.string(), v.pipe(v.number(), v.transform(String))]), null),
	null,
);
const trimmed = v.pipe(
	text,
	v.transform((value) => (value === null || value.trim() === "" ? null : value.trim())),
);
const truth = v.fallback(v.nullish(v.boolean(), null), null);
/** For an optional field whose schema already turns anything into a value. */
const maybe = <S extends v.GenericSchema>(schema: S) => v.optional(schema, null as never);

/** A list without its unreadable elements; absent or no array: null. */
function list<S extends v.GenericSchema>(item: S) {
	return v.pipe(
		v.unknown(),
		v.transform((value): readonly v.InferOutput<S>[] | null =>
			Array.isArray(value)
				? value.flatMap((element) => {
						const parsed = v.safeParse(item, element);
						return parsed.success ? [parsed.output] : [];
					})
				: null,
		),
	);
}

// ---------------------------------------------------------------- user state and devices

export const userStateSchema = v.object({
	id: maybe(trimmed),
	displayName: maybe(trimmed),
	/** Ready, NotReady, LoggedOut, LoggedIn; others are kept as they are. */
	state: maybe(trimmed),
	workMode: maybe(trimmed),
	reason: maybe(trimmed),
});
export type UserState = v.InferOutput<typeof userStateSchema>;

export const deviceSchema = v.object({
	id: v.pipe(v.string(), v.minLength(1)),
	deviceState: maybe(trimmed),
	userState: v.fallback(v.nullish(userStateSchema, null), null),
	phoneNumber: maybe(trimmed),
	description: maybe(trimmed),
	channels: maybe(list(v.string())),
});
export type Device = v.InferOutput<typeof deviceSchema>;

// ---------------------------------------------------------------- user, features, services, settings

const featureSchema = v.object({ id: v.string() });

export const userSchema = v.object({
	id: maybe(trimmed),
	userName: maybe(trimmed),
	firstName: maybe(trimmed),
	lastName: maybe(trimmed),
	changePasswordOnFirstLogin: maybe(truth),
	/** Null: the sub-resource was not in the answer. */
	devices: maybe(list(deviceSchema)),
	features: maybe(list(featureSchema)),
});
export type User = v.InferOutput<typeof userSchema>;

export const meSchema = v.object({ user: userSchema });
export const devicesSchema = v.object({ devices: maybe(list(deviceSchema)) });
export const featuresSchema = v.object({ features: maybe(list(featureSchema)) });
export const versionSchema = v.object({ version: maybe(trimmed) });

export const servicesSchema = v.object({
	services: maybe(list(v.object({ type: maybe(trimmed), state: maybe(trimmed), name: maybe(trimmed) }))),
});

/** `/settings/agent-states`. */
export const agentStatesSchema = v.object({
	settings: maybe(
		list(
			v.object({
				id: maybe(trimmed),
				operationName: v.pipe(v.string(), v.trim(), v.minLength(1)),
				displayName: maybe(trimmed),
				state: maybe(trimmed),
				workMode: maybe(trimmed),
			}),
		),
	),
});

/** `/me/devices/{id}/settings/tserver`: the TServer annex of the DN. */
export const annexSchema = v.object({
	settings: maybe(list(v.object({ name: v.string(), value: maybe(text) }))),
});

/** `StartContactCenterSession` with statusCode 7. */
export const partialSchema = v.object({
	failed: maybe(
		list(
			v.object({
				statusCode: v.optional(v.number(), 4),
				statusMessage: maybe(text),
				channel: maybe(trimmed),
			}),
		),
	),
	succeeded: maybe(list(v.object({ channel: maybe(trimmed) }))),
});

// ---------------------------------------------------------------- contacts

const channelAvailabilitySchema = v.object({
	channel: maybe(trimmed),
	available: maybe(truth),
	phoneNumber: maybe(trimmed),
	userActivity: maybe(trimmed),
	userState: v.fallback(v.nullish(userStateSchema, null), null),
});
export type ChannelAvailability = v.InferOutput<typeof channelAvailabilitySchema>;

export const contactSchema = v.object({
	id: maybe(trimmed),
	name: maybe(trimmed),
	type: maybe(trimmed),
	phoneNumbers: maybe(list(v.object({ phoneNumber: maybe(trimmed), switchName: maybe(trimmed) }))),
	userName: maybe(trimmed),
	firstName: maybe(trimmed),
	lastName: maybe(trimmed),
	availability: v.fallback(
		v.nullish(v.object({ channels: maybe(list(channelAvailabilitySchema)) }), null),
		null,
	),
});
export type WireContact = v.InferOutput<typeof contactSchema>;

export const contactsSchema = v.object({
	contacts: maybe(list(contactSchema)),
	totalCount: v.fallback(v.nullish(v.number(), null), null),
});

// ---------------------------------------------------------------- IM sessions

/** One party. Strings (older servers) become a party with that number. */
const participantSchema = v.union([
	v.pipe(
		v.string(),
		v.transform((number) => ({
			phoneNumber: number.trim(),
			digits: null as string | null,
			e164Number: null as string | null,
			formattedPhoneNumber: null as string | null,
		})),
	),
	v.object({
		phoneNumber: maybe(trimmed),
		digits: maybe(trimmed),
		e164Number: maybe(trimmed),
		formattedPhoneNumber: maybe(trimmed),
	}),
]);
export type Participant = v.InferOutput<typeof participantSchema>;

const imSessionFields = v.object({
	id: maybe(trimmed),
	path: maybe(trimmed),
	/** Initiating, Alerting, Talking, Completed; the leading blank of the samples is gone. */
	state: maybe(trimmed),
	participants: maybe(list(participantSchema)),
	/** Null: not in the message, the earlier ones hold. */
	capabilities: maybe(list(v.pipe(v.string(), v.trim()))),
	userData: v.fallback(v.nullish(v.record(v.string(), v.unknown()), null), null),
});

/** An IM session with its key: the last segment of `path`, and `id` as another name for it. */
export const imSessionSchema = v.pipe(
	imSessionFields,
	v.transform((session) => ({ ...session, key: lastSegment(session.path) ?? session.id ?? "" })),
	v.check((session) => session.key !== "", "an IM session has a path or an id"),
);
export type WireImSession = v.InferOutput<typeof imSessionSchema>;

export const imSessionsSchema = v.object({ imSessions: maybe(list(imSessionSchema)) });
export const oneImSessionSchema = v.object({ imSession: imSessionSchema });

/** The last segment of a path such as `/im-sessions/<id>`, decoded; null when there is none. */
export function lastSegment(path: string | null): string | null {
	if (path === null) return null;
	const segment = path
		.replace(/[?#].*$/, "")
		.replace(/\/+$/, "")
		.split("/")
		.at(-1)
		?.trim();
	if (segment === undefined || segment === "") return null;
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}

// ---------------------------------------------------------------- notifications

const notificationSchema = v.object({
	messageType: maybe(trimmed),
	notificationType: maybe(trimmed),
	imSession: v.fallback(v.nullish(imSessionSchema, null), null),
	imSessionPath: maybe(trimmed),
	message: maybe(text),
	devices: maybe(list(deviceSchema)),
	devicePath: maybe(trimmed),
	errorMessage: maybe(text),
	metrics: v.fallback(
		v.nullish(v.object({ eventProcessing: v.object({ serverGenerationTimestamp: v.number() }) }), null),
		null,
	),
});

/** One notification as this client understands it. `at`: server time, null when it gave none. */
export type Notification =
	| { readonly kind: "imSession"; readonly session: WireImSession; readonly at: EpochMs | null }
	| { readonly kind: "imText"; readonly key: string; readonly text: string; readonly at: EpochMs | null }
	| { readonly kind: "devices"; readonly devices: readonly Device[] }
	| { readonly kind: "services" }
	| {
			readonly kind: "failure";
			readonly key: string | null;
			readonly devicePath: string | null;
			readonly words: string | null;
	  }
	| { readonly kind: "ignored"; readonly messageType: string | null };

/**
 * Reads one Bayeux message. The fields are under `data` on real servers and at the top level on some doc
 * pages: both are read (section 9.4). Calls are ignored: this client has no call UI (row 21).
 */
export function readNotification(channel: string, data: unknown): Notification {
	const root = unwrap(data);
	const parsed = v.safeParse(notificationSchema, root);
	if (channel.startsWith("/notifications/services")) return { kind: "services" };
	if (!parsed.success) return { kind: "ignored", messageType: null };
	const {
		messageType,
		notificationType,
		imSession,
		imSessionPath,
		message,
		devices,
		devicePath,
		errorMessage,
		metrics,
	} = parsed.output;
	const stamp = metrics?.eventProcessing.serverGenerationTimestamp ?? 0;
	const at = stamp > 0 ? Math.trunc(stamp) : null;
	const key = lastSegment(imSessionPath) ?? imSession?.key ?? null;
	switch (messageType) {
		case "IMSessionStateChangeMessage":
			if (imSession === null) return { kind: "ignored", messageType };
			// "May be absent": where attached data is the subject, its absence means that none is left.
			return {
				kind: "imSession",
				session:
					notificationType === "AttachedDataChanged"
						? { ...imSession, userData: imSession.userData ?? {} }
						: imSession,
				at,
			};
		case "IMLogUpdateMessage":
			return key === null || message === null
				? { kind: "ignored", messageType }
				: { kind: "imText", key, text: message, at };
		case "DeviceStateChangeMessage":
			return { kind: "devices", devices: devices ?? [] };
		case "ErrorMessage":
			return { kind: "failure", key, devicePath, words: errorMessage };
		default:
			return { kind: "ignored", messageType };
	}
}

function unwrap(data: unknown): unknown {
	if (typeof data !== "object" || data === null || "messageType" in data) return data;
	return "data" in data ? data.data : data;
}

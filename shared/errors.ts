/**
 * Every failure that can reach a person. A code maps one to one to a sentence of the
 * catalogue (`error.<code>`); nothing else about the failure crosses IPC.
 */
export const errorCodes = [
	// reaching a server
	"network.badAddress",
	"network.unknownHost",
	"network.refused",
	"network.unreachable",
	"network.timeout",
	"network.interrupted",
	"network.silent",
	"network.untrustedCertificate",
	"network.expiredCertificate",
	"network.certificateHostMismatch",
	"network.tls",
	"network.proxy",
	"network.tooLarge",
	"network.foreignRedirect",
	"network.notEncrypted",
	"http.status",
	"http.malformed",
	"http.overloaded",
	"bayeux.malformed",
	"bayeux.refused",
	"bayeux.unsupported",
	// signing in
	"auth.wrongPassword",
	"auth.sessionExpired",
	"auth.accessDenied",
	"auth.passwordChangeRequired",
	"auth.tokenRefused",
	"auth.secretMissing",
	"auth.codeNeeded",
	"auth.codeWrong",
	"auth.browserNeeded",
	"auth.notThisSystem",
	"auth.userNeeded",
	// Genesys statusCode 1 to 20 (protocol sheet, section 3)
	"genesys.parameterMissing",
	"genesys.invalidForState",
	"genesys.forbidden",
	"genesys.serverError",
	"genesys.noPermission",
	"genesys.notFound",
	"genesys.partial",
	"genesys.incomplete",
	"genesys.outOfRange",
	"genesys.readOnly",
	"genesys.cannotRetrieve",
	"genesys.cannotCreate",
	"genesys.cannotDelete",
	"genesys.cannotUpdate",
	"genesys.cannotAssign",
	"genesys.cannotUnassign",
	"genesys.alreadyExists",
	"genesys.alreadyInUse",
	"genesys.unknownStatus",
	"genesys.featureMissing",
	"genesys.voiceInactive",
	"genesys.notGenesys",
	"genesys.deviceCannotMessage",
	"genesys.deviceUnregistered",
	"genesys.deviceTaken",
	"genesys.sessionBusy",
	"genesys.noAnswer",
	// lines, peers and messages
	"line.none",
	"line.unknown",
	"line.loggedOut",
	"line.gone",
	"peer.unreachable",
	"peer.badAddress",
	"peer.tooMany",
	"peer.optedOut",
	"peer.blocked",
	"peer.readOnlyMedium",
	"account.restricted",
	"account.readOnly",
	"account.keyTooWide",
	"account.timesShifted",
	"action.notOffered",
	"action.refused",
	"group.notChangeable",
	"schedule.past",
	"schedule.notOffered",
	"message.empty",
	"message.refused",
	"message.notConfirmed",
	"message.deliveryFailed",
	"attachment.notOffered",
	"attachment.byAddressOnly",
	"attachment.badAddress",
	"attachment.type",
	"attachment.tooLarge",
	"attachment.tooMany",
	"attachment.empty",
	"attachment.unreadable",
	"attachment.gone",
	"attachment.unsafe",
	"attachment.notSaved",
	"message.tooLong",
	"message.sessionEnded",
	"message.outcomeUnknown",
	"message.notFound",
	"message.alreadySettled",
	"message.interrupted",
	"message.checking",
	"message.tooLateToUndo",
	"media.address",
	"conversation.notFound",
	"conversation.gone",
	"account.notFound",
	"account.exists",
	"account.offline",
	"system.notYet",
	// this computer
	"keychain.unavailable",
	"keychain.locked",
	"keychain.silent",
	"keychain.failed",
	"storage.full",
	"storage.readOnly",
	"storage.failing",
	"storage.newer",
	"storage.noEngine",
	"storage.inUse",
	"storage.unavailable",
	"storage.restored",
	"storage.replaced",
	"export.failed",
	"settings.unwritable",
	"settings.unreadable",
	"provision.unreadable",
	"provision.invalid",
	"provision.notDeleted",
	"notifications.unavailable",
	"practice.active",
	"practice.failed",
	"link.refused",
	"input.invalid",
	"cancelled",
	"internal",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** A failure as a value: JSON-safe, free of secrets and of message text. */
export interface AppError {
	readonly code: ErrorCode;
	/** Values for the sentence's placeholders (host names, numbers, statuses). Never a secret. */
	readonly params?: Readonly<Record<string, string | number>>;
	/** The server's own words (`statusMessage`), shown verbatim beside ours; at most 300 characters. */
	readonly detail?: string;
}

export type Result<T> =
	{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: AppError };

export function ok<T>(value: T): Result<T> {
	return { ok: true, value };
}

export function failed(error: AppError): Result<never> {
	return { ok: false, error };
}

/** Builds an AppError; cuts `detail` to 300 characters and drops control characters. */
export function appError(
	code: ErrorCode,
	extra: { params?: Readonly<Record<string, string | number>>; detail?: string | undefined } = {},
): AppError {
	const detail = extra.detail
		// eslint-disable-next-line no-control-regex -- server text is shown to people and logged
		?.replace(/[\u0000-\u001f\u007f]+/g, " ")
		.trim()
		.slice(0, 300);
	return {
		code,
		...(extra.params === undefined ? {} : { params: extra.params }),
		...(detail === undefined || detail === "" ? {} : { detail }),
	};
}

/** Carries an AppError through code that throws. Only `error` may leave the process boundary. */
export class AppFailure extends Error {
	readonly error: AppError;
	constructor(error: AppError, options?: { cause?: unknown }) {
		super(error.code, options);
		this.name = "AppFailure";
		this.error = error;
	}
}

/** What a caught value means to a person; anything not thrown by us is `internal`. */
export function toAppError(thrown: unknown): AppError {
	if (thrown instanceof AppFailure) return thrown.error;
	if (thrown instanceof Error && thrown.name === "AbortError") return appError("cancelled");
	return appError("internal");
}

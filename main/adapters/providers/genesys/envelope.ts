import { AppFailure, appError, type AppError, type ErrorCode } from "../../../../shared/errors.ts";
import type { HttpResponse } from "../../../core/ports/runtime.ts";

/** The envelope of every answer: statusCode first, HTTP status second (protocol sheet, section 3). */

/** What each statusCode means; 0 is success, anything not listed is `genesys.unknownStatus`. */
export const statusWords: Readonly<Record<number, ErrorCode>> = {
	1: "genesys.parameterMissing",
	2: "genesys.invalidForState",
	3: "genesys.forbidden",
	4: "genesys.serverError",
	5: "genesys.noPermission",
	6: "genesys.notFound",
	7: "genesys.partial",
	8: "auth.passwordChangeRequired",
	9: "genesys.incomplete",
	10: "genesys.outOfRange",
	11: "genesys.readOnly",
	12: "genesys.cannotRetrieve",
	13: "genesys.cannotCreate",
	14: "genesys.cannotDelete",
	15: "genesys.cannotUpdate",
	16: "genesys.cannotAssign",
	17: "genesys.cannotUnassign",
	18: "genesys.alreadyExists",
	19: "genesys.alreadyInUse",
	20: "auth.accessDenied",
};

/** The server answered, and the answer is no (or no answer of Genesys at all: `statusCode` null). */
export class GenesysRefusal extends AppFailure {
	readonly statusCode: number | null;
	readonly httpStatus: number;
	/** From a `Retry-After` header. */
	readonly retryAfterMs: number | null;
	readonly kind: "refused" | "signIn" | "csrf" | "overloaded" | "notAnswer";

	constructor(
		error: AppError,
		facts: {
			statusCode: number | null;
			httpStatus: number;
			kind: GenesysRefusal["kind"];
			retryAfterMs?: number | null;
		},
	) {
		super(error);
		this.name = "GenesysRefusal";
		this.statusCode = facts.statusCode;
		this.httpStatus = facts.httpStatus;
		this.kind = facts.kind;
		this.retryAfterMs = facts.retryAfterMs ?? null;
	}

	/** "Invalid state": what a second InitiateIMSession gets; the number is not documented (row 4). */
	get invalidState(): boolean {
		return this.statusCode === 2 || /invalid state/i.test(this.error.detail ?? "");
	}
}

/** A successful answer (statusCode 0, or 7: partial success). */
export interface Answer {
	readonly statusCode: 0 | 7;
	readonly body: Readonly<Record<string, unknown>>;
}

/** The words for a statusCode other than 0, with the server's own as detail. */
export function statusError(statusCode: number, statusMessage: string | null): AppError {
	const detail = statusMessage ?? undefined;
	const unregistered = /device '([^']*)' is not registered/i.exec(statusMessage ?? "");
	if (statusCode === 4 && unregistered !== null)
		return appError("genesys.deviceUnregistered", { params: { device: unregistered[1] ?? "" }, detail });
	return appError(statusWords[statusCode] ?? "genesys.unknownStatus", {
		params: { status: statusCode },
		detail,
	});
}

/** The answer of a response, or the GenesysRefusal to throw. */
export function readAnswer(response: HttpResponse): Answer | GenesysRefusal {
	const httpStatus = response.status;
	const retryAfterMs = retryAfter(response.headers["retry-after"]);
	if (httpStatus === 403 && /missing or invalid csrf token/i.test(response.text))
		return new GenesysRefusal(
			appError("genesys.forbidden", { detail: "Missing or invalid Csrf token" }),
			{
				statusCode: null,
				httpStatus,
				kind: "csrf",
			},
		);
	const body = parseObject(response.text);
	const statusCode = body === null ? null : statusCodeOf(body);
	if (body !== null && statusCode !== null) {
		if (statusCode === 0 || statusCode === 7) return { statusCode, body };
		const words = body["statusMessage"];
		const error = statusError(statusCode, typeof words === "string" ? words : null);
		const kind =
			statusCode === 20 || httpStatus === 401
				? "signIn"
				: httpStatus === 429 || httpStatus === 503 || error.code === "genesys.serverError"
					? "overloaded"
					: "refused";
		return new GenesysRefusal(error, { statusCode, httpStatus, kind, retryAfterMs });
	}
	if (httpStatus === 401)
		return new GenesysRefusal(appError("auth.accessDenied"), {
			statusCode: null,
			httpStatus,
			kind: "signIn",
		});
	if (httpStatus === 429 || httpStatus === 503)
		return new GenesysRefusal(appError("http.overloaded", { params: { status: httpStatus } }), {
			statusCode: null,
			httpStatus,
			kind: "overloaded",
			retryAfterMs,
		});
	const error =
		httpStatus >= 300
			? appError("http.status", { params: { status: httpStatus } })
			: appError("http.malformed", { params: { status: httpStatus } });
	return new GenesysRefusal(error, { statusCode: null, httpStatus, kind: "notAnswer" });
}

function parseObject(text: string): Record<string, unknown> | null {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: null;
	} catch {
		return null;
	}
}

function statusCodeOf(body: Record<string, unknown>): number | null {
	const value = body["statusCode"];
	if (typeof value === "number" && Number.isInteger(value)) return value;
	return typeof value === "string" && /^\d{1,4}$/.test(value.trim()) ? Number(value) : null;
}

/** Seconds form only; a date is left to the own back-off. */
function retryAfter(value: string | undefined): number | null {
	return value !== undefined && /^\d{1,5}$/.test(value.trim()) ? Number(value) * 1000 : null;
}

import { type AppError, AppFailure, appError } from "../../../../shared/errors.ts";
import type { HttpResponse } from "../../../core/ports/runtime.ts";

/** What is known besides the words. */
export interface RestFacts {
	/** "no": the server certainly did nothing of what was asked. */
	readonly executed: "no" | "maybe";
	/** The status of the answer; null: there was none. */
	readonly status: number | null;
	/** So long the server wants to be left alone, ms; null: it did not say. */
	readonly retryAfterMs: number | null;
}

/** A request that did not come to what was asked for (`http.*`, `auth.*`, `cancelled`); a lost one is a TransportFailure. */
export class RestFailure extends AppFailure implements RestFacts {
	readonly executed: "no" | "maybe";
	readonly status: number | null;
	readonly retryAfterMs: number | null;

	constructor(error: AppError, facts: Partial<RestFacts> = {}, options?: { cause?: unknown }) {
		super(error, options);
		this.name = "RestFailure";
		this.executed = facts.executed ?? "maybe";
		this.status = facts.status ?? null;
		this.retryAfterMs = facts.retryAfterMs ?? null;
	}
}

/** 429 and 503: the server turned the request away and asks for patience. */
export function isOverloaded({ status }: HttpResponse): boolean {
	return status === 429 || status === 503;
}

/** The person must sign in again; the request that found out was refused. */
export function sessionExpired(cause?: unknown): RestFailure {
	return new RestFailure(appError("auth.sessionExpired"), { executed: "no", status: 401 }, { cause });
}

/** The server asks for patience, or the pace that was agreed on is used up. */
export function overloaded(retryAfterMs: number, status = 429, detail?: string): RestFailure {
	return new RestFailure(appError("http.overloaded", { params: { status }, detail }), {
		executed: "no",
		status,
		retryAfterMs,
	});
}

/** Given up by the caller before anything left this computer. */
export function cancelled(): RestFailure {
	return new RestFailure(appError("cancelled"), { executed: "no" });
}

import * as v from "valibot";
import { AppFailure, appError } from "../../../../shared/errors.ts";
import { TransportFailure } from "../../../core/ports/runtime.ts";
import { type Answer, GenesysRefusal } from "./envelope.ts";
import type { Rest } from "./rest.ts";
import { featuresSchema, meSchema, versionSchema, type User } from "./wire.ts";

/** IM is gated by it; without it the API acts as if IM did not exist (sheet, section 5.2). */
export const messagingFeature = "api-voice-instant-messaging";

/** What a sign-in found. */
export interface SignedIn {
	readonly user: User;
	/** Null: the probe was not answered in a form we know. */
	readonly version: string | null;
}

/** Version probe, `GET /me` with the credentials, feature gate: the first steps of the sheet's section 11. */
export async function signIn(rest: Rest, host: string, signal: AbortSignal): Promise<SignedIn> {
	const probe = await probeVersion(rest, signal);
	let answer: Answer;
	try {
		answer = await rest.signIn(signal);
	} catch (thrown) {
		throw probe.looksForeign && isNoAnswer(thrown)
			? new AppFailure(appError("genesys.notGenesys", { params: { host } }), { cause: thrown })
			: thrown;
	}
	const parsed = v.safeParse(meSchema, answer.body);
	if (!parsed.success) throw new AppFailure(appError("http.malformed", { params: { status: 200 } }));
	const { user } = parsed.output;
	if (!(await hasFeature(rest, user, signal))) throw new AppFailure(appError("genesys.featureMissing"));
	return { user, version: probe.version };
}

/** Without credentials. Only an unreachable server ends the sign-in here; a site may hide this page. */
async function probeVersion(
	rest: Rest,
	signal: AbortSignal,
): Promise<{ readonly version: string | null; readonly looksForeign: boolean }> {
	try {
		const { body } = await rest.probe({
			method: "GET",
			path: "/diagnostics/version",
			signal,
			urgent: true,
		});
		const parsed = v.safeParse(versionSchema, body);
		return { version: parsed.success ? parsed.output.version : null, looksForeign: false };
	} catch (thrown) {
		if (thrown instanceof TransportFailure || !(thrown instanceof GenesysRefusal)) throw thrown;
		return { version: null, looksForeign: isNoAnswer(thrown) };
	}
}

function isNoAnswer(thrown: unknown): boolean {
	return thrown instanceof GenesysRefusal && thrown.kind === "notAnswer";
}

/** The sub-resource may be absent rather than empty: then the collection is asked. */
async function hasFeature(rest: Rest, user: User, signal: AbortSignal): Promise<boolean> {
	if (user.features !== null) return user.features.some((feature) => feature.id === messagingFeature);
	try {
		const { body } = await rest.request({
			method: "GET",
			path: "/features",
			query: { fields: "*" },
			signal,
			urgent: true,
		});
		const parsed = v.safeParse(featuresSchema, body);
		return (
			parsed.success &&
			(parsed.output.features ?? []).some((feature) => feature.id === messagingFeature)
		);
	} catch (thrown) {
		if (thrown instanceof GenesysRefusal && thrown.kind === "refused") return false;
		throw thrown;
	}
}

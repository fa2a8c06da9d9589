import * as v from "valibot";
import type { SystemOptions } from "../ports/provider.ts";

/** Everything secret of one account: what proves who one is, secret fields of the sign-in form, and what its sessions keep. */
export interface SecretBundle {
	readonly secret: string;
	readonly options: SystemOptions;
	readonly kept: Readonly<Record<string, string>>;
}

const texts = v.record(v.string(), v.string());
const packed = v.strictObject({ secret: v.string(), options: texts, kept: texts });
/** No secret that a person types or a server gives begins with a control character. */
const mark = "\u0001trunkline-secrets:";

/** One text for the keychain: the bare secret where there is nothing else, as in every version so far. */
export function packSecrets(bundle: SecretBundle): string {
	const { secret, options, kept } = bundle;
	if (Object.keys(options).length + Object.keys(kept).length === 0) return secret;
	return `${mark}${JSON.stringify({ secret, options, kept })}`;
}

/** What cannot be read is taken for the bare secret: the server says what it thinks of it. */
export function unpackSecrets(text: string): SecretBundle {
	if (text.startsWith(mark)) {
		const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), packed), text.slice(mark.length));
		if (parsed.success) return parsed.output;
	}
	return { secret: text, options: {}, kept: {} };
}

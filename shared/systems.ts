import type { SystemId } from "./model.ts";

/** How the window shows a system and asks for what it signs in with; each provider brings its own. */
export interface SystemDescription {
	readonly id: SystemId;
	/** Its proper name: "NetSapiens". Never translated. */
	readonly name: string;
	/** One letter and one of the four mark colours, never the colour alone. */
	readonly mark: { readonly letter: string; readonly colour: 1 | 2 | 3 | 4 };
	/** Key of the catalogue: one sentence about it. */
	readonly summary: string;
	readonly signIn: SignInForm;
}

export const secretKinds = ["password", "apiKey", "jwt", "token"] as const;
/** What proves who one is; the label of its field is `signIn.<kind>`. */
export type SecretKind = (typeof secretKinds)[number];

export interface SignInForm {
	/** Shown as an example in the empty field. */
	readonly serverExample: string;
	/** Filled in from the start; empty: nothing. */
	readonly server: string;
	/** The first is chosen from the start; a choice is shown only where there are several. */
	readonly methods: readonly SignInMethod[];
	/** Under "Advanced", in this order. */
	readonly advanced: readonly SignInField[];
}

export interface SignInMethod {
	readonly kind: SecretKind;
	/** "optional": the system says by itself who it is. */
	readonly userName: "required" | "optional";
}

export interface SignInField {
	/** Key in `Credentials.options`. */
	readonly id: string;
	/** Key of the catalogue. */
	readonly label: string;
	/** Kept in the keychain, and never shown again. */
	readonly secret: boolean;
	readonly example: string;
	/** For these methods only; absent: for all. */
	readonly methods?: readonly SecretKind[];
}

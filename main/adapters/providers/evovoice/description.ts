import type { SystemDescription } from "../../../../shared/systems.ts";

/** How the window shows EvoVoice and asks for what it signs in with. */
export const description: SystemDescription = {
	id: "evovoice",
	name: "EvoVoice",
	mark: { letter: "E", colour: 3 },
	summary: "summary.evovoice",
	signIn: {
		serverExample: "https://evovoice.io",
		// Row 26: there are two hosts, and the address is the agent's to change.
		server: "https://evovoice.io",
		methods: [{ kind: "password", userName: "required" }],
		// An agent who may not list endpoints can name one that no conversation has shown yet (sheet, 7.2).
		advanced: [{ id: "endpointIds", label: "signIn.endpointIds", secret: false, example: "" }],
	},
};

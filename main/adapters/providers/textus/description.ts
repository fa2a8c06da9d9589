import type { SystemDescription } from "../../../../shared/systems.ts";

/** How the window shows TextUs and asks for what it signs in with. */
export const description: SystemDescription = {
	id: "textus",
	name: "TextUs",
	mark: { letter: "T", colour: 4 },
	summary: "summary.textus",
	signIn: {
		serverExample: "https://next.textus.com",
		server: "https://next.textus.com",
		methods: [{ kind: "token", userName: "optional" }],
		advanced: [
			{
				id: "uploadAddress",
				label: "signIn.uploadAddress",
				secret: false,
				example: "https://files.example.com/trunkline",
			},
		],
	},
};

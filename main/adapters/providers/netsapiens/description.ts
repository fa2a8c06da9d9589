import type { SystemDescription } from "../../../../shared/systems.ts";

/** How the window shows NetSapiens and asks for what it signs in with (sheet, 4). */
export const description: SystemDescription = {
	id: "netsapiens",
	name: "NetSapiens",
	mark: { letter: "N", colour: 2 },
	summary: "summary.netsapiens",
	signIn: {
		serverExample: "https://core1.example.com",
		server: "",
		methods: [
			{ kind: "password", userName: "required" },
			{ kind: "apiKey", userName: "optional" },
			{ kind: "jwt", userName: "optional" },
		],
		advanced: [
			{
				id: "clientId",
				label: "signIn.clientId",
				secret: false,
				example: "",
				methods: ["password", "jwt"],
			},
			{
				id: "clientSecret",
				label: "signIn.clientSecret",
				secret: true,
				example: "",
				methods: ["password", "jwt"],
			},
		],
	},
};

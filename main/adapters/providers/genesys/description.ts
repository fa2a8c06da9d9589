import type { SystemDescription } from "../../../../shared/systems.ts";

/** How the window shows Genesys Web Services and asks for what it signs in with. */
export const description: SystemDescription = {
	id: "genesys",
	name: "Genesys",
	mark: { letter: "G", colour: 1 },
	summary: "summary.genesys",
	signIn: {
		serverExample: "https://gws.example.com",
		server: "",
		methods: [{ kind: "password", userName: "required" }],
		advanced: [
			{ id: "place", label: "signIn.place", secret: false, example: "" },
			{ id: "loginCode", label: "signIn.loginCode", secret: false, example: "" },
			{ id: "queue", label: "signIn.queue", secret: false, example: "" },
			{
				id: "notificationsPath",
				label: "signIn.notificationsPath",
				secret: false,
				example: "/api/v2/notifications",
			},
		],
	},
};

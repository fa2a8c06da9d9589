import type { SystemDescription } from "../../shared/systems.ts";

/** Four systems as they describe themselves. */
export const systems: readonly SystemDescription[] = [
	{
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
	},
	{
		id: "netsapiens",
		name: "NetSapiens",
		mark: { letter: "N", colour: 2 },
		summary: "summary.netsapiens",
		signIn: {
			serverExample: "https://api.example.com",
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
					methods: ["password"],
				},
				{
					id: "clientSecret",
					label: "signIn.clientSecret",
					secret: true,
					example: "",
					methods: ["password"],
				},
			],
		},
	},
	{
		id: "evovoice",
		name: "EvoVoice",
		mark: { letter: "E", colour: 3 },
		summary: "summary.evovoice",
		signIn: {
			serverExample: "https://evo.example.com",
			server: "",
			methods: [{ kind: "password", userName: "required" }],
			advanced: [],
		},
	},
	{
		id: "textus",
		name: "TextUs",
		mark: { letter: "T", colour: 4 },
		summary: "summary.textus",
		signIn: {
			serverExample: "https://next.textus.example",
			server: "https://next.textus.example",
			methods: [{ kind: "token", userName: "optional" }],
			advanced: [
				{
					id: "uploadAddress",
					label: "signIn.uploadAddress",
					secret: false,
					example: "https://files.example.com/put",
				},
			],
		},
	},
];

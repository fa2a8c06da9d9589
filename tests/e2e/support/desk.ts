import type { GenesysSimulatorOptions } from "../../../practice/genesys/simulator.ts";
import type { SessionOptions } from "../../support/session.ts";
import { signInOnline } from "./forms.ts";
import { type Centre, startCentre } from "./simulator.ts";
import { type OpenApp, type Scene, startScene } from "./story.ts";

/** A desktop with a contact centre to sign in to, and the app on its first screen. */
export interface Desk extends OpenApp {
	readonly scene: Scene;
	readonly centre: Centre;
}

export interface DeskOptions extends SessionOptions {
	readonly centre?: GenesysSimulatorOptions;
	/** Environment of the app. */
	readonly env?: Readonly<Record<string, string>>;
	readonly args?: readonly string[];
}

/** Starts desktop, contact centre and app for the running test. */
export async function startDesk(options: DeskOptions = {}): Promise<Desk> {
	const { centre: centreOptions, env, args, ...session } = options;
	const scene = await startScene({ keyring: "unlocked", ...session });
	const centre = await startCentre(centreOptions);
	scene.endsWithTest(() => centre.close());
	const open = await scene.launch({
		...(env === undefined ? {} : { env }),
		...(args === undefined ? {} : { args }),
	});
	return { scene, centre, ...open };
}

/** The same with Ann signed in, online and able to be written to. */
export async function startSignedIn(options: DeskOptions = {}): Promise<Desk> {
	const desk = await startDesk(options);
	await signInOnline(desk.page, { server: desk.centre.origin });
	await desk.centre.untilReachable();
	return desk;
}

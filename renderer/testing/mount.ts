import { flushSync, mount, tick, unmount } from "svelte";
import { english } from "../../shared/i18n/catalog.ts";
import App from "../App.svelte";
import { Desk } from "../state/desk.svelte.ts";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";
import type { FakeBridge } from "./fake-bridge.ts";
import { FakeSurroundings } from "./surroundings.ts";

export interface MountedApp {
	readonly desk: Desk;
	readonly bridge: FakeBridge;
	readonly surroundings: FakeSurroundings;
	/** Lets answers arrive and the page be drawn. */
	settled(): Promise<void>;
	close(): Promise<void>;
}

/** The whole window on a scripted main and virtual time, in the page of the test. */
export async function mountApp(bridge: FakeBridge): Promise<MountedApp> {
	const surroundings = new FakeSurroundings();
	const life = new AbortController();
	const desk = new Desk(bridge, surroundings, life.signal);
	desk.i18n.catalogue = english;
	const target = document.createElement("div");
	target.id = "root";
	document.body.append(target);
	const app = mount(App, { target, props: { desk } });
	const settled = async (): Promise<void> => {
		// A few turns: an answer, what it causes, and the caret after that.
		for (let turn = 0; turn < 6; turn += 1) {
			await Promise.resolve();
			flushSync();
			await tick();
		}
		await new Promise((resolve) => requestAnimationFrame(resolve));
		flushSync();
	};
	// Not awaited: a scene may be one in which main never answers.
	void desk.start();
	await settled();
	return {
		desk,
		bridge,
		surroundings,
		settled,
		close: async () => {
			life.abort();
			await unmount(app);
			target.remove();
		},
	};
}

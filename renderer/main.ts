import { mount } from "svelte";
import App from "./App.svelte";
import { pageBridge } from "./bridge.ts";
import { browser } from "./lib/surroundings.ts";
import { Desk } from "./state/desk.svelte.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";

const bridge = pageBridge();
const target = document.querySelector("#root");
if (bridge !== undefined && target !== null) {
	const life = new AbortController();
	const desk = new Desk(bridge, browser, life.signal);
	addEventListener("pagehide", () => {
		desk.drafts.flush();
		life.abort();
	});
	mount(App, { target, props: { desk } });
	void desk.start();
}

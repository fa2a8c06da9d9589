import { mount } from "svelte";
import App from "./App.svelte";
import { pageBridge } from "./bridge.ts";
import { fetchCatalogue } from "./lib/catalogue.ts";
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
	// Both are on their way at once; nothing is drawn without words.
	const words = fetchCatalogue();
	void desk.start();
	words.then(
		(catalogue) => {
			desk.i18n.catalogue = catalogue;
			mount(App, { target, props: { desk } });
		},
		() => {
			const page = document.querySelector<HTMLElement>("#no-words");
			if (page !== null) page.hidden = false;
		},
	);
}

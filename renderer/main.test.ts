import { expect, test } from "vitest";
import { FakeBridge } from "./testing/fake-bridge.ts";
import * as sample from "./testing/samples.ts";

test("without its words the window shows a page that has its own, not an empty one", async () => {
	const root = document.createElement("div");
	root.id = "root";
	const plain = document.createElement("main");
	plain.id = "no-words";
	plain.hidden = true;
	document.body.append(root, plain);
	Object.assign(window, {
		app: new FakeBridge(sample.snapshot()),
		fetch: () => Promise.resolve(new Response("Not found", { status: 404 })),
	});
	await import("./main.ts");
	await expect.poll(() => plain.hidden).toBe(false);
	expect(root.childElementCount).toBe(0);
});

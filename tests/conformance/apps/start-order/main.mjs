import { app } from "electron/main";

console.log("step: evaluating", app.isReady());
app.on("will-finish-launching", () => console.log("step: will-finish-launching"));
app.on("ready", () => console.log("step: ready", app.isReady()));
app.whenReady().then(() => {
	console.log("step: whenReady", app.isReady());
	app.quit();
});
await new Promise((resolve) => setTimeout(resolve, 50));
console.log("step: evaluated", app.isReady());

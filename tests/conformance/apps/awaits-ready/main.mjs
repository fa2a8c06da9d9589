import { app } from "electron/main";

// What an app must not do: `ready` waits for the end of this module, and this module waits for `ready`.
await app.whenReady();
console.log("step: reached");
app.quit();

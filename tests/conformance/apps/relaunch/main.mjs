import { app } from "electron/main";
import { appendFileSync } from "node:fs";

const again = process.argv.includes("--again");
appendFileSync(app.commandLine.getSwitchValue("note"), again ? "second\n" : "first\n");
if (!again) app.relaunch({ args: [...process.argv.slice(1), "--again"] });
app.whenReady().then(() => app.quit());

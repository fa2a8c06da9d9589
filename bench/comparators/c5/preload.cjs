const { contextBridge, ipcRenderer } = require("electron");

contextBridge.exposeInMainWorld("messages", {
	on: (/** @type {(text: string) => void} */ run) =>
		void ipcRenderer.on("message", (_event, text) => run(text)),
});

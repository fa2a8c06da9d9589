const { contextBridge, ipcRenderer } = require("electron");

globalThis.preloadSecret = "only in the preload's world";

contextBridge.exposeInMainWorld("api", {
	invoke: (channel, value) => ipcRenderer.invoke(channel, value),
	send: (channel, ...values) => ipcRenderer.send(channel, ...values),
	on: (channel, listener) => {
		const heard = (_event, ...values) => listener(...values);
		ipcRenderer.on(channel, heard);
		return () => ipcRenderer.removeListener(channel, heard);
	},
	add: (a, b) => a + b,
	callBack: (callback, value) => callback(value),
	later: (value) => new Promise((resolve) => setTimeout(() => resolve(value), 1)),
	refuse: () => Promise.reject(new Error("refused")),
	throws: () => {
		throw new RangeError("out of range");
	},
	nested: { deep: { number: 7, list: [1, 2, { three: 3 }] } },
	date: new Date(5),
	seesPage: () => typeof globalThis.pageVariable,
	sandboxed: process.sandboxed,
	isolated: process.contextIsolated,
	required: (name) => {
		try {
			return typeof require(name);
		} catch (error) {
			return error.message;
		}
	},
});

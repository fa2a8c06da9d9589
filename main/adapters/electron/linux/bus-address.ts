import { join } from "node:path";

/**
 * Where the session bus listens, as a path for `net.connect` (an abstract name begins with NUL), or null where
 * there is none. As libdbus does: the environment first, then the socket of the runtime folder. Other kinds of
 * address (tcp, autolaunch, a started program) are not followed: no desktop uses them for its session.
 */
export function sessionBusSocket(environment: Readonly<Record<string, string | undefined>>): string | null {
	const runtime = environment["XDG_RUNTIME_DIR"] ?? "";
	const address = environment["DBUS_SESSION_BUS_ADDRESS"] ?? "";
	if (address === "") return runtime === "" ? null : join(runtime, "bus");
	for (const one of address.split(";")) {
		const values = new Map<string, string>();
		const [family, parameters = ""] = split(one, ":");
		if (family !== "unix") continue;
		for (const parameter of parameters.split(",")) {
			const [key, value] = split(parameter, "=");
			values.set(key, unescape(value ?? ""));
		}
		const path = values.get("path");
		if (path !== undefined && path !== "") return path;
		const abstract = values.get("abstract");
		if (abstract !== undefined && abstract !== "") return `\0${abstract}`;
		if (values.get("runtime") === "yes" && runtime !== "") return join(runtime, "bus");
	}
	return null;
}

function split(text: string, separator: string): [string, string | undefined] {
	const at = text.indexOf(separator);
	return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function unescape(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

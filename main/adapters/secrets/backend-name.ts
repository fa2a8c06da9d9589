import { readFile } from "node:fs/promises";

/** The programs that serve secrets on Linux desktops, by the start of their process name (15 characters). */
const services: readonly (readonly [string, string])[] = [
	["gnome-keyring", "GNOME Keyring"],
	["kwalletd", "KWallet"],
	["ksecretd", "KWallet"],
	["keepassxc", "KeePassXC"],
	["oo7-daemon", "oo7"],
	["pass-secret-ser", "pass"],
];

/** What a person calls the keychain of this system. */
export function keychainBackend(platform: NodeJS.Platform, secretService: string | null): string {
	if (platform === "win32") return "Windows Credential Manager";
	if (platform === "darwin") return "macOS Keychain";
	return secretService === null ? "Secret Service" : `${secretService} (Secret Service)`;
}

/**
 * Which program answers for the Secret Service: by its process, as the bus names it. Null if nobody does yet
 * (it is started on demand) or if it is not known.
 */
export async function secretServiceName(bus: {
	processOf(name: string): Promise<number | null>;
}): Promise<string | null> {
	const process = await bus.processOf("org.freedesktop.secrets");
	if (process === null) return null;
	try {
		const name = (await readFile(`/proc/${String(process)}/comm`, "utf8")).trim();
		return services.find(([start]) => name.startsWith(start))?.[1] ?? name;
	} catch {
		return null;
	}
}

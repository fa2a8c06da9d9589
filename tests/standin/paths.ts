import { readFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";

type PathName = Parameters<Electron.App["getPath"]>[0];

/** The folders of `app.getPath` on Linux, with what the app or the command line set. */
export class AppPaths {
	private readonly overrides = new Map<string, string>();
	private readonly name: () => string;

	constructor(name: () => string, userDataSwitch: string | undefined) {
		this.name = name;
		if (userDataSwitch !== undefined && userDataSwitch !== "")
			this.overrides.set("userData", path.resolve(userDataSwitch));
	}

	get(name: PathName): string {
		const set = this.overrides.get(name);
		if (set !== undefined) return set;
		const home = homedir();
		switch (name) {
			case "home":
				return home;
			case "appData":
				return process.env["XDG_CONFIG_HOME"] ?? path.join(home, ".config");
			case "userData":
				return path.join(this.get("appData"), this.name());
			case "sessionData":
				return this.get("userData");
			case "logs":
				return path.join(this.get("userData"), "logs");
			case "crashDumps":
				return path.join(this.get("userData"), "Crashpad");
			case "temp":
				return tmpdir();
			case "exe":
			case "module":
				return process.execPath;
			case "desktop":
				return userFolder("XDG_DESKTOP_DIR", path.join(home, "Desktop"));
			case "documents":
				return userFolder("XDG_DOCUMENTS_DIR", path.join(home, "Documents"));
			case "downloads":
				return userFolder("XDG_DOWNLOAD_DIR", path.join(home, "Downloads"));
			case "music":
				return userFolder("XDG_MUSIC_DIR", path.join(home, "Music"));
			case "pictures":
				return userFolder("XDG_PICTURES_DIR", path.join(home, "Pictures"));
			case "videos":
				return userFolder("XDG_VIDEOS_DIR", path.join(home, "Videos"));
			default:
				throw new Error(`Failed to get '${name}' path`);
		}
	}

	set(name: string, folder: string): void {
		if (!path.isAbsolute(folder)) throw new Error("Path must be absolute");
		this.overrides.set(name, folder);
	}
}

/** One of the folders of xdg-user-dirs. */
function userFolder(key: string, fallback: string): string {
	const config = process.env["XDG_CONFIG_HOME"] ?? path.join(homedir(), ".config");
	try {
		const text = readFileSync(path.join(config, "user-dirs.dirs"), "utf8");
		const match = new RegExp(`^${key}="(.*)"$`, "m").exec(text);
		if (match?.[1] !== undefined) return match[1].replace("$HOME", homedir());
	} catch {
		// Most machines without a desktop have no such file.
	}
	return fallback;
}

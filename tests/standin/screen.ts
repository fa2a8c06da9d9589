import { execFileSync } from "node:child_process";
import { GuardedEmitter } from "./guard.ts";
import { screenEvents, type Implements } from "./surface.ts";

let size: { width: number; height: number } | null = null;

/** The size of the X screen; asked once, because an Xvfb or a desk does not change it in a run. */
function screenSize(): { width: number; height: number } {
	if (size !== null) return size;
	try {
		const output = execFileSync("xdotool", ["getdisplaygeometry"], {
			encoding: "utf8",
			stdio: ["ignore", "pipe", "ignore"],
		});
		const [width, height] = output.trim().split(" ").map(Number);
		size = { width: width ?? 1280, height: height ?? 800 };
	} catch {
		size = { width: 1280, height: 800 };
	}
	return size;
}

export function displayWorkArea(): Electron.Rectangle {
	return { x: 0, y: 0, ...screenSize() };
}

function display(): Electron.Display {
	const area = displayWorkArea();
	return {
		id: 1,
		label: "stand-in",
		bounds: area,
		workArea: area,
		size: { width: area.width, height: area.height },
		workAreaSize: { width: area.width, height: area.height },
		scaleFactor: 1,
		rotation: 0,
		internal: false,
		detected: true,
		monochrome: false,
		touchSupport: "unknown",
		accelerometerSupport: "unknown",
		colorDepth: 24,
		colorSpace: "",
		depthPerComponent: 8,
		displayFrequency: 60,
		maximumCursorSize: { width: 64, height: 64 },
		nativeOrigin: { x: 0, y: 0 },
	};
}

class StandInScreen extends GuardedEmitter implements Implements<"screen"> {
	constructor() {
		super("screen", screenEvents);
	}

	getPrimaryDisplay(): Electron.Display {
		return display();
	}

	getAllDisplays(): Electron.Display[] {
		return [display()];
	}

	getDisplayMatching(): Electron.Display {
		return display();
	}

	getDisplayNearestPoint(): Electron.Display {
		return display();
	}

	getCursorScreenPoint(): Electron.Point {
		return { x: 0, y: 0 };
	}
}

export const screen = new StandInScreen();

import type { Rectangle } from "electron/main";
import { join } from "node:path";
import * as v from "valibot";
import type { Clock, Logger } from "../../core/ports/runtime.ts";
import { JsonFile } from "../storage/atomic-json.ts";

const coordinate = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000));
const length = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000));
const stateSchema = v.object({
	x: coordinate,
	y: coordinate,
	width: length,
	height: length,
	maximized: v.boolean(),
});

/** Where the window was, and whether it was maximised (then these are its bounds before that). */
export type WindowState = v.InferOutput<typeof stateSchema>;

export const smallestWindow = { width: 320, height: 400 } as const;
export const firstWindow = { width: 1100, height: 740 } as const;

export interface WindowStateStore {
	/** Null: nothing usable is stored. */
	load(): Promise<WindowState | null>;
	/** Never rejects: the place of a window is not worth an error. */
	save(state: WindowState): Promise<void>;
}

/** `window.json` in the profile. */
export function windowStateFile(options: {
	readonly folder: string;
	readonly clock: Clock;
	readonly logger: Logger;
}): WindowStateStore {
	const file = new JsonFile({ ...options, path: join(options.folder, "window.json") });
	return {
		async load() {
			const found = await file.read();
			const parsed = v.safeParse(stateSchema, "value" in found ? found.value : null);
			return parsed.success ? parsed.output : null;
		},
		async save(state) {
			await file.write(state).catch((error: unknown) => {
				options.logger.warn("window.stateNotSaved", {
					reason: error instanceof Error ? error.message : "unknown",
				});
			});
		},
	};
}

/** This much of the title bar must lie on a display, or the window could not be moved. */
const graspable = { width: 120, height: 40 } as const;

/**
 * Where the window opens: where it was, if a display is there now and no larger than it; else centred at its
 * former size. `workAreas`: the displays without task bars, the primary one first.
 */
export function placement(
	state: WindowState | null,
	workAreas: readonly Rectangle[],
): { readonly width: number; readonly height: number; readonly x?: number; readonly y?: number } {
	const fitted = (area: Rectangle | undefined): { readonly width: number; readonly height: number } => {
		const { width, height } = state ?? firstWindow;
		return {
			width: Math.max(smallestWindow.width, Math.min(width, area?.width ?? width)),
			height: Math.max(smallestWindow.height, Math.min(height, area?.height ?? height)),
		};
	};
	if (state !== null) {
		const { x, y } = state;
		// Judged at the size it will have there.
		const area = workAreas.find((one) => graspableIn(one, { x, y, ...fitted(one) }));
		if (area !== undefined) return { x, y, ...fitted(area) };
	}
	return fitted(workAreas[0]);
}

function graspableIn(area: Rectangle, { x, y, width }: Rectangle): boolean {
	const across = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
	return across >= graspable.width && y >= area.y && y + graspable.height <= area.y + area.height;
}

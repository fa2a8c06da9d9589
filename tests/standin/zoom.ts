import { running } from "./host.ts";

interface Page {
	readonly session: string;
}

/**
 * Page zoom by device metrics: the page is laid out in a viewport smaller (or larger) by the factor and
 * painted that much bigger, which is what zoom looks like to layout, media queries and devicePixelRatio.
 */
export class Zoom {
	level = 0;
	private applied = false;
	private readonly page: () => Page | null;
	private lastSize = "";

	constructor(page: () => Page | null) {
		this.page = page;
	}

	get factor(): number {
		return 1.2 ** this.level;
	}

	setLevel(level: number): void {
		this.level = level;
		void this.apply(true);
	}

	/** Called when the window changed size. */
	resized(): void {
		if (this.applied) void this.apply(false);
	}

	reapply(): void {
		if (this.level !== 0) void this.apply(true);
	}

	forget(): void {
		this.applied = false;
	}

	private async apply(force: boolean): Promise<void> {
		const page = this.page();
		if (page === null) return;
		const { cdp } = running();
		try {
			if (Math.abs(this.level) < 1e-6) {
				this.applied = false;
				this.lastSize = "";
				await cdp.send("Emulation.clearDeviceMetricsOverride", {}, page.session);
				return;
			}
			// The size of the page without the override: the window's own viewport.
			if (this.applied) await cdp.send("Emulation.clearDeviceMetricsOverride", {}, page.session);
			const { result } = await cdp.send(
				"Runtime.evaluate",
				{ expression: "JSON.stringify([innerWidth, innerHeight])", returnByValue: true },
				page.session,
			);
			const size = String(result.value);
			const [width, height] = JSON.parse(size) as [number, number];
			if (!force && size === this.lastSize && this.applied) return;
			this.lastSize = size;
			this.applied = true;
			await cdp.send(
				"Emulation.setDeviceMetricsOverride",
				{
					width: Math.round(width / this.factor),
					height: Math.round(height / this.factor),
					deviceScaleFactor: this.factor,
					scale: this.factor,
					mobile: false,
				},
				page.session,
			);
		} catch {
			// The page went away meanwhile.
		}
	}
}

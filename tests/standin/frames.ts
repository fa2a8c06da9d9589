import { guard } from "./guard.ts";
import type { Surface } from "./surface.ts";
import { fromWeb } from "./protocol.ts";

interface FrameRecord {
	readonly id: string;
	readonly parentId: string | null;
	url: string;
	name: string;
	attached: boolean;
}

/** The frames of one page, as `webFrameMain` objects that stay the same while the frame lives. */
export class Frames {
	private readonly records = new Map<string, FrameRecord>();
	private readonly objects = new Map<string, Electron.WebFrameMain>();
	private readonly numbers = new Map<string, number>();
	private mainId: string | null = null;

	/** A frame has a document. */
	navigated(id: string, parentId: string | null, url: string, name: string): void {
		const record = this.records.get(id);
		if (record === undefined) {
			this.records.set(id, { id, parentId, url, name, attached: true });
			this.numbers.set(id, this.numbers.size + 1);
		} else {
			record.url = url;
			record.name = name;
		}
		if (parentId === null) this.mainId = id;
	}

	detached(id: string): void {
		const record = this.records.get(id);
		if (record !== undefined) record.attached = false;
		this.records.delete(id);
		this.objects.delete(id);
	}

	get main(): Electron.WebFrameMain | null {
		return this.mainId === null ? null : this.get(this.mainId);
	}

	isMain(id: string): boolean {
		return id === this.mainId;
	}

	url(id: string): string {
		return fromWeb(this.records.get(id)?.url ?? "");
	}

	get(id: string): Electron.WebFrameMain | null {
		const record = this.records.get(id);
		if (record === undefined) return null;
		const known = this.objects.get(id);
		if (known !== undefined) return known;
		const children = (): FrameRecord[] =>
			[...this.records.values()].filter((each) => each.parentId === id);
		const objectOf = (frame: string | null): Electron.WebFrameMain | null =>
			frame === null ? null : this.get(frame);
		const topOf = (): Electron.WebFrameMain | null => this.main;
		const number = this.numbers.get(id) ?? 0;
		const getFrames = (): Electron.WebFrameMain[] =>
			children().flatMap((child) => {
				const object = this.get(child.id);
				return object === null ? [] : [object];
			});
		const frame: Surface["WebFrameMain"] = {
			get url() {
				return fromWeb(record.url);
			},
			get origin() {
				return originOf(fromWeb(record.url));
			},
			get name() {
				return record.name;
			},
			get parent() {
				return objectOf(record.parentId);
			},
			get top() {
				return topOf();
			},
			get frames() {
				return getFrames();
			},
			get framesInSubtree() {
				const self = objectOf(id);
				return self === null ? [] : [self, ...getFrames().flatMap((each) => each.framesInSubtree)];
			},
			get detached() {
				return !record.attached;
			},
			routingId: number,
			processId: 1,
			osProcessId: 0,
			frameToken: id,
			frameTreeNodeId: number,
			isDestroyed: () => !record.attached,
		};
		const object = guard(frame, "WebFrameMain") as Electron.WebFrameMain;
		this.objects.set(id, object);
		return object;
	}
}

/** The origin as Chromium says it for a standard scheme of the app's own. */
export function originOf(url: string): string {
	try {
		const { protocol, host, origin } = new URL(url);
		return origin === "null" && host !== "" ? `${protocol}//${host}` : origin;
	} catch {
		return "null";
	}
}

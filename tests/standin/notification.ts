import { app } from "./app.ts";
import { callMethod, dbusLibrary, onSignal } from "./dbus.ts";
import { guard, GuardedEmitter, makeEvent } from "./guard.ts";
import { pixelsOf } from "./native-image.ts";
import { notificationEvents, type Implements } from "./surface.ts";

const service = "org.freedesktop.Notifications";
const path = "/org/freedesktop/Notifications";

/** What is on the screen, by the number the daemon gave. */
const live = new Map<number, StandInNotification>();
/** Signals may overtake the reply that brings the number. */
const early = new Map<number, (notification: StandInNotification) => void>();
let listening: Promise<void> | null = null;

function listen(): Promise<void> {
	listening ??= (async () => {
		const rule = (member: string): string => `type='signal',interface='${service}',member='${member}'`;
		const dispatch = (id: number, act: (notification: StandInNotification) => void): void => {
			const notification = live.get(id);
			if (notification !== undefined) act(notification);
			else early.set(id, act);
		};
		await onSignal(rule("ActionInvoked"), "ActionInvoked", ([id, action]) => {
			if (action === "default")
				dispatch(id as number, (each) => {
					each.clicked();
				});
		});
		await onSignal(rule("NotificationClosed"), "NotificationClosed", ([id]) => {
			dispatch(id as number, (each) => {
				each.dismissed();
			});
		});
	})();
	return listening;
}

let capabilities: Promise<ReadonlySet<string>> | null = null;

async function serverCapabilities(): Promise<ReadonlySet<string>> {
	const reply = await callMethod(service, path, service, "GetCapabilities");
	if (!reply.ok) capabilities = null;
	return new Set(reply.ok ? (reply.body[0] as string[]) : []);
}

/**
 * A notification over org.freedesktop.Notifications as Electron's libnotify code shows it: a new one each time
 * (`replaces_id` is always 0), one action "default" for the click where the daemon knows actions.
 */
class StandInNotification extends GuardedEmitter implements Implements<"Notification"> {
	title: string;
	subtitle: string;
	body: string;
	silent: boolean;
	hasReply: boolean;
	replyPlaceholder: string;
	sound: string;
	urgency: "normal" | "critical" | "low";
	timeoutType: "default" | "never";
	actions: Electron.NotificationAction[];
	closeButtonText: string;
	toastXml: string;
	private readonly icon: Electron.NotificationConstructorOptions["icon"];
	private number: number | null = null;
	private round = 0;

	constructor(options: Electron.NotificationConstructorOptions = {}) {
		if (!app.isReady()) throw new Error("Cannot create Notification before app is ready");
		super("Notification", notificationEvents);
		this.title = options.title ?? "";
		this.subtitle = options.subtitle ?? "";
		this.body = options.body ?? "";
		this.silent = options.silent ?? false;
		this.icon = options.icon;
		this.hasReply = options.hasReply ?? false;
		this.replyPlaceholder = options.replyPlaceholder ?? "";
		this.sound = options.sound ?? "";
		this.urgency = options.urgency ?? "normal";
		this.timeoutType = options.timeoutType ?? "default";
		this.actions = options.actions ?? [];
		this.closeButtonText = options.closeButtonText ?? "";
		this.toastXml = options.toastXml ?? "";
	}

	show(): void {
		// Electron takes down what this object showed before and shows anew.
		this.close();
		void this.send(++this.round);
	}

	private async send(round: number): Promise<void> {
		await listen();
		capabilities ??= serverCapabilities();
		const known = await capabilities;
		const { Variant } = dbusLibrary();
		const hints: Record<string, unknown> = {
			urgency: new Variant("y", { low: 0, normal: 1, critical: 2 }[this.urgency]),
			"sender-pid": new Variant("x", BigInt(process.pid)),
		};
		const pixels = pixelsOf(this.icon);
		if (pixels !== null) {
			const { width, height, data } = pixels;
			hints["image-data"] = new Variant("(iiibiiay)", [
				width,
				height,
				width * 4,
				true,
				8,
				4,
				Buffer.from(data),
			]);
		}
		const reply = await callMethod(service, path, service, "Notify", "susssasa{sv}i", [
			app.name,
			0,
			"",
			this.title,
			this.body,
			known.has("actions") ? ["default", "View"] : [],
			hints,
			this.timeoutType === "never" ? 0 : -1,
		]);
		if (!reply.ok) {
			this.emit("failed", makeEvent({}), reply.error);
			return;
		}
		const number = reply.body[0] as number;
		if (round !== this.round) {
			// Closed or shown again while the daemon was busy with this one.
			void callMethod(service, path, service, "CloseNotification", "u", [number]);
			return;
		}
		this.number = number;
		live.set(number, this);
		this.emit("show", makeEvent({}));
		const overtaken = early.get(number);
		early.delete(number);
		overtaken?.(this);
	}

	close(): void {
		this.round++;
		if (this.number === null) return;
		void callMethod(service, path, service, "CloseNotification", "u", [this.number]);
	}

	clicked(): void {
		this.emit("click", makeEvent({}));
	}

	dismissed(): void {
		if (this.number !== null) live.delete(this.number);
		this.number = null;
		this.emit("close", makeEvent({}));
	}

	static isSupported(): boolean {
		return true;
	}

	static handleActivation(): void {
		// Windows only: a click that started the app.
	}
}

type Statics = (new (options?: Electron.NotificationConstructorOptions) => Electron.Notification) &
	Pick<typeof Electron.Notification, "isSupported" | "handleActivation">;

export const Notification = guard(StandInNotification, "Notification") as unknown as Statics;

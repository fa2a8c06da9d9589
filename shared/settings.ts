import * as v from "valibot";

/** What the agent chose. One JSON file; unknown keys are kept, wrong values fall back one by one. */

export const themes = ["system", "light", "dark"] as const;
export const notificationContents = ["full", "nameOnly", "hidden"] as const;
export const sendKeys = ["enter", "ctrlEnter"] as const;

export const settingsVersion = 1;

export const settingsEntries = {
	theme: v.picklist(themes),
	/** How much a notification shows: text and name, name only, or neither. */
	notificationContent: v.picklist(notificationContents),
	notificationSound: v.boolean(),
	sendKey: v.picklist(sendKeys),
	/** BCP 47; null follows the system. */
	locale: v.nullable(v.pipe(v.string(), v.maxLength(35))),
	closeToTray: v.boolean(),
	/** Soft limit of a message where the system does not say its own, characters. */
	softLimit: v.pipe(v.number(), v.integer(), v.minValue(50), v.maxValue(100_000)),
	/** A text may be taken back for this long after Enter, seconds; 0: it leaves at once. */
	undoSendSeconds: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(30)),
	/**
	 * How long messages are kept, days; null: for ever; 0: only until the app is quit. What is unread,
	 * not settled or drafted stays in any case.
	 */
	keepHistoryDays: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(36_500))),
	/** Texts of one's own to answer with; `{name}`, `{number}`, `{line}`, `{agent}`, `{date}` and `{time}` are filled. */
	templates: v.pipe(
		v.array(
			v.object({
				id: v.pipe(v.string(), v.maxLength(100)),
				title: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
				text: v.pipe(v.string(), v.minLength(1), v.maxLength(10_000)),
			}),
		),
		v.maxLength(200),
	),
} as const;

export const settingsSchema = v.object(settingsEntries);
export type Settings = v.InferOutput<typeof settingsSchema>;

export const settingsPatchSchema = v.partial(v.strictObject(settingsEntries));
export type SettingsPatch = v.InferOutput<typeof settingsPatchSchema>;

export const defaultSettings: Settings = {
	theme: "system",
	notificationContent: "full",
	notificationSound: true,
	sendKey: "enter",
	locale: null,
	closeToTray: true,
	softLimit: 1000,
	templates: [],
	undoSendSeconds: 0,
	keepHistoryDays: null,
};

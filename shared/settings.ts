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
	/** Soft limit of a Genesys message, characters (the sheet's row 8 says about 1 000). */
	genesysSoftLimit: v.pipe(v.number(), v.integer(), v.minValue(50), v.maxValue(100_000)),
	/** A text may be taken back for this long after Enter, seconds; 0: it leaves at once. */
	undoSendSeconds: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(30)),
	/**
	 * How long messages are kept, days; null: for ever; 0: only until the app is quit. What is unread,
	 * not settled or drafted stays in any case.
	 */
	keepHistoryDays: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(36_500))),
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
	genesysSoftLimit: 1000,
	undoSendSeconds: 0,
	keepHistoryDays: null,
};

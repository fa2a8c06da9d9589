import type {
	BrowserWindow,
	ContextMenuParams,
	Menu,
	MenuItemConstructorOptions,
	WebContents,
} from "electron/main";
import { externalLink } from "../../../shared/links.ts";
import type { Translate } from "../../../shared/i18n/translate.ts";

export interface ContextMenuActions {
	readonly translate: Translate;
	readonly replaceMisspelling: (word: string) => void;
	readonly addToDictionary: (word: string) => void;
	readonly copyText: (text: string) => void;
}

/** More suggestions than this only make the menu long. */
const mostSuggestions = 5;

/** What can be done with what is under the pointer, as data; empty: nothing, so no menu opens. */
export function contextMenu(
	params: ContextMenuParams,
	actions: ContextMenuActions,
): MenuItemConstructorOptions[] {
	const { translate } = actions;
	const { editFlags, isEditable, misspelledWord, selectionText } = params;
	const link = externalLink(params.linkURL);
	const groups: MenuItemConstructorOptions[][] = [
		isEditable && misspelledWord !== ""
			? [
					...params.dictionarySuggestions.slice(0, mostSuggestions).map((word) => ({
						label: verbatim(word),
						click: () => actions.replaceMisspelling(word),
					})),
					...(params.dictionarySuggestions.length === 0
						? [{ label: translate("menu.noSuggestions"), enabled: false }]
						: []),
					{
						label: translate("menu.addToDictionary"),
						click: () => actions.addToDictionary(misspelledWord),
					},
				]
			: [],
		link === null ? [] : [{ label: translate("menu.copyLink"), click: () => actions.copyText(link) }],
		isEditable
			? [
					{ label: translate("menu.cut"), role: "cut", enabled: editFlags.canCut },
					{ label: translate("menu.copy"), role: "copy", enabled: editFlags.canCopy },
					{ label: translate("menu.paste"), role: "paste", enabled: editFlags.canPaste },
					{
						label: translate("menu.pastePlain"),
						role: "pasteAndMatchStyle",
						enabled: editFlags.canPaste,
					},
				]
			: selectionText.trim() === ""
				? []
				: [{ label: translate("menu.copy"), role: "copy", enabled: editFlags.canCopy }],
		isEditable
			? [{ label: translate("menu.selectAll"), role: "selectAll", enabled: editFlags.canSelectAll }]
			: [],
	];
	return groups
		.filter((group) => group.length > 0)
		.flatMap((group, index) => (index === 0 ? group : [{ type: "separator" } as const, ...group]));
}

/** `&` in a label marks a key; in a word it is a letter. */
function verbatim(word: string): string {
	return word.replaceAll("&", "&&");
}

export interface ContextMenuOptions {
	readonly Menu: Pick<typeof Menu, "buildFromTemplate">;
	readonly window: BrowserWindow;
	readonly translate: Translate;
	/** `clipboard.writeText`, which answers later since Electron 44. */
	readonly copyText: (text: string) => void;
}

/** Opens the menu on a right click, the menu key or a long press. */
export function attachContextMenu(contents: WebContents, options: ContextMenuOptions): void {
	contents.on("context-menu", (_event, params) => {
		const template = contextMenu(params, {
			translate: options.translate,
			replaceMisspelling: (word) => contents.replaceMisspelling(word),
			addToDictionary: (word) => void contents.session.addWordToSpellCheckerDictionary(word),
			copyText: options.copyText,
		});
		if (template.length === 0) return;
		const at = { x: Math.round(params.x), y: Math.round(params.y) };
		options.Menu.buildFromTemplate(template).popup({ window: options.window, ...at });
	});
}

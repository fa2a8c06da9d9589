import type { PageMenu } from "./page/isolated-world.ts";
import { fromWeb } from "./protocol.ts";

/** The parameters of `context-menu`. Without a dictionary no word is ever known to be misspelled. */
export function contextMenuParameters(
	menu: PageMenu,
	frame: Electron.WebFrameMain | null,
): Electron.ContextMenuParams {
	const { isEditable, selectionText } = menu;
	const hasSelection = selectionText !== "";
	return {
		x: menu.x,
		y: menu.y,
		frame,
		linkURL: fromWeb(menu.linkURL),
		linkText: menu.linkText,
		pageURL: fromWeb(menu.pageURL),
		frameURL: fromWeb(menu.frameURL),
		srcURL: fromWeb(menu.srcURL),
		mediaType: menu.mediaType,
		hasImageContents: menu.hasImageContents,
		isEditable,
		selectionText,
		titleText: menu.titleText,
		altText: menu.altText,
		suggestedFilename: "",
		selectionRect: { x: menu.x, y: menu.y, width: 0, height: 0 },
		selectionStartOffset: 0,
		referrerPolicy: { url: "", policy: "strict-origin-when-cross-origin" },
		misspelledWord: "",
		dictionarySuggestions: [],
		frameCharset: "UTF-8",
		formControlType: (menu.inputFieldType === "" ? "none" : `input-${menu.inputFieldType}`) as "none",
		spellcheckEnabled: menu.spellcheckEnabled,
		menuSourceType: menu.menuSourceType as "mouse",
		mediaFlags: {
			inError: false,
			isPaused: false,
			isMuted: false,
			hasAudio: false,
			isLooping: false,
			isControlsVisible: false,
			canToggleControls: false,
			canPrint: false,
			canSave: false,
			canShowPictureInPicture: false,
			isShowingPictureInPicture: false,
			canRotate: false,
			canLoop: false,
		},
		editFlags: {
			canUndo: isEditable,
			canRedo: isEditable,
			canCut: isEditable && hasSelection,
			canCopy: hasSelection,
			canPaste: isEditable,
			canDelete: isEditable && hasSelection,
			canSelectAll: true,
			canEditRichly: false,
		},
	};
}

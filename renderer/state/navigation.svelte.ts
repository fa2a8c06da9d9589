import type { AccountId, ConversationId } from "../../shared/ids.ts";
import type { SystemId } from "../../shared/model.ts";

export type SettingsTab = "general" | "notifications" | "accounts" | "about";

/** Which page the window shows. The open conversation belongs to `Thread` and survives a look at other pages. */
export type View =
	| { readonly name: "inbox" }
	| { readonly name: "newMessage" }
	| { readonly name: "accounts" }
	| { readonly name: "addAccount"; readonly system: SystemId | null }
	| { readonly name: "settings" };

/** Where the person is. Moving the focus is asked for here and done by the component that owns the element. */
export class Navigation {
	view: View = $state.raw({ name: "inbox" });
	/** The conversation in the inbox; null shows the list alone on a narrow window. */
	conversationId: ConversationId | null = $state(null);
	accountId: AccountId | null = $state(null);
	settingsTab: SettingsTab = $state("general");
	switcherOpen = $state(false);
	/** Counts wishes to put the caret into the composer. */
	composerWish = $state(0);
	/** Counts wishes to put the focus back on the conversation list. */
	listWish = $state(0);

	go(view: View): void {
		this.view = view;
		this.switcherOpen = false;
	}
}

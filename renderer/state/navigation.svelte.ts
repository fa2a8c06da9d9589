import type { AccountId, ConversationId } from "../../shared/ids.ts";
import type { SystemId } from "../../shared/model.ts";

export type SettingsTab = "general" | "templates" | "history" | "notifications" | "accounts" | "about";

/** Which page the window shows. The open conversation belongs to `Thread` and survives a look at other pages. */
export type View =
	| { readonly name: "inbox" }
	| { readonly name: "newMessage" }
	| { readonly name: "accounts" }
	| { readonly name: "addAccount"; readonly system: SystemId | null }
	| { readonly name: "settings" }
	| { readonly name: "search" }
	/** "Why didn't it ring?", of one conversation or of all. */
	| { readonly name: "why"; readonly conversationId: ConversationId | null };

/** Pages one looks something up in, to go back to where one was. */
const isAside = (view: View): boolean => view.name === "search" || view.name === "why";

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
	/** Counts wishes to put the caret into the search box. */
	searchWish = $state(0);
	#before: View = { name: "inbox" };

	go(view: View): void {
		if (isAside(view) && !isAside(this.view)) this.#before = this.view;
		this.view = view;
		this.switcherOpen = false;
	}

	/** Leaves a page for where one came from. */
	back(): void {
		this.go(isAside(this.view) ? this.#before : { name: "inbox" });
	}
}

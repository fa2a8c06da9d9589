/** Names only: the one part of the contract that the preload needs at run time. */

export const commandNames = [
	"app.snapshot",
	"app.quit",
	"app.copyDiagnostics",
	"window.viewing",
	"notices.dismiss",
	"accounts.signIn",
	"accounts.enterSecret",
	"accounts.signOut",
	"accounts.reconnect",
	"accounts.check",
	"accounts.chooseLine",
	"accounts.setAgentState",
	"keychain.choose",
	"practice.start",
	"practice.leave",
	"conversations.open",
	"conversations.page",
	"conversations.markRead",
	"conversations.markUnread",
	"conversations.start",
	"conversations.setDraft",
	"conversations.setMuted",
	"conversations.export",
	"stretch.act",
	"messages.send",
	"messages.retry",
	"messages.checkAgain",
	"messages.sendAgain",
	"messages.discard",
	"messages.undo",
	"search.messages",
	"notifications.history",
	"storage.retry",
	"directory.search",
	"directory.watch",
	"settings.patch",
	"links.open",
] as const;
export type CommandName = (typeof commandNames)[number];

export const eventNames = ["changes", "navigate"] as const;
export type EventName = (typeof eventNames)[number];

/** IPC channels: `command:` carries an envelope `{name, input}`, so that one handler checks them all. */
export const commandChannel = "trunkline:command";
export const eventChannel = (name: EventName): string => `trunkline:event:${name}`;

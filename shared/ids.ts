/** Branded string ids: a conversation id can never be passed where a message id is meant. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type AccountId = Branded<"AccountId">;
export type ConversationId = Branded<"ConversationId">;
/** Id of one row of a timeline: a message, a stretch line or a gap. */
export type EntryId = Branded<"EntryId">;
/** Minted in the composer, one per bubble; makes a repeated send command harmless. */
export type ClientMessageId = Branded<"ClientMessageId">;
/** What an account can send from. Genesys: a device path such as `/devices/<id>`. */
export type LineId = Branded<"LineId">;
/** A file of a message, or of a draft. */
export type AttachmentId = Branded<"AttachmentId">;
/** Somebody with several addresses, linked by the agent. */
export type PersonId = Branded<"PersonId">;
/** One live stretch of a conversation on the server. Genesys: an IM session. */
export type StretchId = Branded<"StretchId">;

export const asAccountId = (text: string): AccountId => text as AccountId;
export const asConversationId = (text: string): ConversationId => text as ConversationId;
export const asEntryId = (text: string): EntryId => text as EntryId;
export const asClientMessageId = (text: string): ClientMessageId => text as ClientMessageId;
export const asLineId = (text: string): LineId => text as LineId;
export const asAttachmentId = (text: string): AttachmentId => text as AttachmentId;
export const asPersonId = (text: string): PersonId => text as PersonId;
export const asStretchId = (text: string): StretchId => text as StretchId;

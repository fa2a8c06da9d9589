import type { Endpoint } from "./company.ts";

/** One line of a chat transcript (sheet, 5.4): no id, no direction. */
export interface TranscriptLine {
	readonly at: number;
	readonly from: string;
	readonly body: string;
	readonly media: Media | null;
}

/** A picture or a file that somebody sent. */
export interface Media {
	readonly contentType: string;
	readonly bytes: Buffer;
}

/** A call, a chat or a fax (sheet, 7.1). */
export interface Session {
	readonly id: string;
	readonly endpoint: Endpoint;
	readonly channel: string;
	/** Address of the outside party. */
	readonly otherAddress: string;
	readonly otherName: string;
	readonly startedAt: number;
	/** Agents in it, by user name; they see it in `/sessions/active`. */
	readonly members: Set<string>;
	readonly transcript: TranscriptLine[];
	/** Lines of its log; emptied where the session is read alone. */
	readonly log: { at: number; message: string }[];
	endedAt: number | null;
	changedAt: number;
	callState: string;
	queueState: string;
	holdReason: string;
	consoleData: string | null;
}

/** Sessions, oldest first. */
export class Sessions {
	readonly all: Session[] = [];

	find(id: string): Session | undefined {
		return this.all.find((session) => session.id === id);
	}

	/** Sessions that an agent is in and that are not over. */
	activeOf(userName: string): Session[] {
		return this.all.filter((session) => session.endedAt === null && session.members.has(userName));
	}

	add(session: Session): void {
		this.all.push(session);
	}

	/** Ends a session; a second time does nothing. */
	end(session: Session, at: number): void {
		if (session.endedAt !== null) return;
		session.endedAt = at;
		session.changedAt = at;
		session.callState = "Disconnected";
		session.queueState = "Disconnected";
		session.log.push({ at, message: "Session ended" });
	}
}

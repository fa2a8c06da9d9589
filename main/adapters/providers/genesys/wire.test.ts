import { expect, test } from "vitest";
import * as v from "valibot";
import { deviceSchema, imSessionSchema, imSessionsSchema, lastSegment, readNotification } from "./wire.ts";

test("states lose the leading blank of the samples, unknown keys are ignored", () => {
	expect(
		v.parse(imSessionSchema, { path: "/im-sessions/A1", id: "B2", state: " Talking", extra: { a: 1 } }),
	).toEqual({
		key: "A1",
		id: "B2",
		path: "/im-sessions/A1",
		state: "Talking",
		participants: null,
		capabilities: null,
		userData: null,
	});
});

test("participants are objects or strings, and one bad element does not spoil the others", () => {
	const session = v.parse(imSessionSchema, { id: "A", participants: ["3002", 5, { digits: 3003 }, null] });
	expect(session.participants?.map((party) => party.phoneNumber ?? party.digits)).toEqual(["3002", "3003"]);
});

test("a session is known by the last segment of its path, else by its id, else not at all", () => {
	expect(lastSegment("http://elsewhere/api/v2/im-sessions/00%2B1/?x=1")).toBe("00+1");
	expect(lastSegment("/im-sessions/100%")).toBe("100%");
	expect(lastSegment("/")).toBeNull();
	expect(v.parse(imSessionSchema, { id: "A" }).key).toBe("A");
	expect(v.parse(imSessionsSchema, { imSessions: [{}, { id: "A" }] }).imSessions).toHaveLength(1);
});

test("a device keeps what can be read of it", () => {
	expect(
		v.parse(deviceSchema, { id: "d", userState: 3, phoneNumber: 5001, channels: "voice" }),
	).toMatchObject({
		id: "d",
		userState: null,
		phoneNumber: "5001",
		channels: null,
	});
});

test("a notification is read from data and from the top level", () => {
	const text = {
		messageType: "IMLogUpdateMessage",
		notificationType: "NewMessage",
		imSessionPath: "/im-sessions/A",
		message: "hi",
	};
	const expected = { kind: "imText", key: "A", text: "hi", at: null };
	expect(readNotification("/v2/me/im-sessions", text)).toEqual(expected);
	expect(readNotification("/v2/me/im-sessions", { channel: "/v2/me/im-sessions", data: text })).toEqual(
		expected,
	);
	const metrics = { eventProcessing: { serverGenerationTimestamp: 1769049624339 } };
	expect(readNotification("/v2/me/im-sessions", { ...text, metrics })).toMatchObject({ at: 1769049624339 });
	expect(readNotification("/v2/me/im-sessions", { ...text, message: "" })).toMatchObject({
		kind: "imText",
		text: "",
	});
});

test("row 21: calls are ignored whatever their id", () => {
	expect(
		readNotification("/v2/me/calls", {
			messageType: "CallStateChangeMessage",
			notificationType: "StatusChange",
			call: { id: "A" },
		}),
	).toEqual({ kind: "ignored", messageType: "CallStateChangeMessage" });
});

test("an ErrorMessage is read on any topic, with what it says", () => {
	expect(
		readNotification("/v2/me/devices", { messageType: "ErrorMessage", devicePath: "/devices/d" }),
	).toEqual({
		kind: "failure",
		key: null,
		devicePath: "/devices/d",
		words: null,
	});
	expect(
		readNotification("/v2/me/anything", {
			messageType: "ErrorMessage",
			imSessionPath: "/im-sessions/A",
			errorMessage: "no",
		}),
	).toEqual({ kind: "failure", key: "A", devicePath: null, words: "no" });
});

test("attached data that is gone is empty; in a change of state its absence says nothing", () => {
	const imSession = { path: "/im-sessions/A", state: "Talking" };
	const read = (notificationType: string): unknown => {
		const notification = readNotification("/v2/me/im-sessions", {
			messageType: "IMSessionStateChangeMessage",
			notificationType,
			imSession,
		});
		return notification.kind === "imSession" ? notification.session.userData : "none";
	};
	expect(read("AttachedDataChanged")).toEqual({});
	expect(read("StatusChange")).toBeNull();
});

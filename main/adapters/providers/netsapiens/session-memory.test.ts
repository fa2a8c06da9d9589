import { expect, test } from "vitest";
import { SessionMemory } from "./session-memory.ts";

const message = (
	id: string,
	at: number,
	text = id,
): { id: string; at: number; text: string; status: string } => ({
	id,
	at,
	text,
	status: "",
});

test("what is older than the first look was there before; of its second, the one that the list named", () => {
	const memory = new SessionMemory({ at: 1000, text: "hello" });
	expect(memory.isOld(message("a", 999))).toBe(true);
	expect(memory.isOld(message("b", 1000, "hello"))).toBe(true);
	expect(memory.isOld(message("c", 1000, "another"))).toBe(false);
	expect(memory.isOld(message("d", 1001))).toBe(false);
	expect(new SessionMemory(null).isOld(message("e", 0))).toBe(false);
});

test("a message that the list named and nobody has seen is news when it comes", () => {
	const memory = new SessionMemory({ at: 1000, text: "late" });
	memory.lower(500);
	expect(memory.isOld(message("late", 1000))).toBe(false);
	expect(memory.isOld(message("old", 500))).toBe(true);
	memory.see(message("x", 600));
	memory.lower(null);
	expect(memory.isOld(message("old", 500))).toBe(true);
});

test("a status that changes is noticed once", () => {
	const memory = new SessionMemory(null);
	expect(memory.see(message("a", 1))).toBe(false);
	expect(memory.see({ ...message("a", 1), status: "failed" })).toBe(true);
	expect(memory.see({ ...message("a", 1), status: "failed" })).toBe(false);
	expect(memory.knows("a")).toBe(true);
	expect(memory.newest).toBe(1);
});

test("it forgets the oldest, not the newest", () => {
	const memory = new SessionMemory(null);
	for (let number = 0; number < 5000; number += 1) memory.see(message(String(number), number));
	expect(memory.knows("0")).toBe(false);
	expect(memory.knows("4999")).toBe(true);
});

test("messages of one second are shown one after the other, the same way every time", () => {
	const memory = new SessionMemory(null);
	for (const id of ["c", "a", "b"]) memory.see(message(id, 5000));
	expect(["c", "a", "b", "new"].map((id) => memory.shownAt(message(id, 5000)))).toEqual([
		5000, 5001, 5002, 5003,
	]);
	memory.see(message("c", 5000));
	expect(memory.shownAt(message("b", 5000))).toBe(5002);
	expect(memory.shownAt(message("later", 6000))).toBe(6000);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { maxFrameDepth, maxFrameLength, readFrames } from "./bayeux-frames.ts";

const message = (data: unknown, channel = "/v2/me/im-sessions"): string => JSON.stringify({ channel, data });
const data = (text: string): unknown[] => readFrames(text).messages.map((one) => one.data);
const rejected = (text: string): Record<string, number> => Object.fromEntries(readFrames(text).rejected);

test("messages and replies are told apart, in any position", () => {
	const frames = readFrames(
		`[${message(1)}, {"id":"4","channel":"/meta/connect","successful":true} ,${message(2)}]`,
	);
	expect(frames.messages.map((one) => one.data)).toEqual([1, 2]);
	expect(frames.replies).toEqual([{ id: "4", channel: "/meta/connect", successful: true }]);
	expect(frames.rejected.size).toBe(0);
});

test("an empty array holds nothing, a lone object is an array of one", () => {
	for (const text of ["[]", " [ \n ] "])
		expect(readFrames(text)).toEqual({ replies: [], messages: [], rejected: new Map() });
	expect(data(` ${message("alone")} `)).toEqual(["alone"]);
});

test.each([
	["", "json"],
	["null", "json"],
	["<html>", "json"],
	['"text"', "json"],
	["{", "json"],
	['[{"channel":"/x","data":1}', "json"],
	["[1,2", "json"],
	["[,]", "json"],
	["[[]]", "shape"],
	["[null]", "shape"],
	["[42]", "shape"],
	['["text"]', "shape"],
	['[{"data":1}]', "shape"],
	['[{"channel":7,"data":1}]', "shape"],
	['[{"channel":"","data":1}]', "shape"],
	['[{"channel":"x","data":1}]', "shape"],
	[`[{"channel":"/${"x".repeat(1001)}","data":1}]`, "shape"],
	['[{"channel":"/x"}]', "shape"],
	['[{"channel":"/x","successful":true,"id":"1"}]', "shape"],
	['[{"channel":"/meta/connect","successful":"yes","id":"1"}]', "shape"],
	['[{"channel":"/meta/connect","successful":true}]', "shape"],
	['[{"channel":"/meta/connect","successful":true,"id":{}}]', "shape"],
])("%j is rejected", (text, reason) => {
	const frames = readFrames(text);
	expect(frames.messages).toEqual([]);
	expect(frames.replies).toEqual([]);
	expect([...frames.rejected.keys()]).toContain(reason);
});

test("a bad frame is dropped and its neighbours stay", () => {
	const deep = `{"channel":"/x","data":${"[".repeat(maxFrameDepth)}${"]".repeat(maxFrameDepth)}}`;
	const huge = message("x".repeat(maxFrameLength));
	const bad = ["{oops}", "17", '{"channel":"/x"}', deep, huge, '{"channel":"/x","data":tru}'];
	const text = `[${bad.map((one, index) => `${message(index)},${one}`).join(",")},${message("last")}]`;
	expect(data(text)).toEqual([0, 1, 2, 3, 4, 5, "last"]);
	expect(rejected(text)).toEqual({ json: 2, shape: 2, depth: 1, size: 1 });
});

test("depth is found before anything is parsed, brackets within strings do not count", () => {
	const levels = maxFrameDepth - 1;
	const within = `{"channel":"/x","data":${"[".repeat(levels)}${"]".repeat(levels)}}`;
	expect(readFrames(`[${within}]`).messages).toHaveLength(1);
	expect(data(`[${message("[".repeat(1000))}]`)).toEqual(["[".repeat(1000)]);
	const million = "[".repeat(1_000_000);
	expect(rejected(`[${million}${"]".repeat(1_000_000)}]`)).toEqual({ depth: 1 });
	expect(rejected(`{"channel":"/x","data":${million}`)).toEqual({ depth: 1 });
	expect(rejected(million)).toEqual({ depth: 1 });
});

test("what follows the array's end is counted, and the array stays", () => {
	expect(data(`[${message(1)}] trailing`)).toEqual([1]);
	expect(rejected(`[${message(1)}] trailing`)).toEqual({ json: 1 });
});

test("advice is held within bounds and anything else in it is dropped", () => {
	const advise = (advice: unknown): unknown =>
		readFrames(JSON.stringify([{ id: 1, channel: "/meta/connect", successful: true, advice }])).replies[0]
			?.advice;
	expect(advise({ reconnect: "retry", interval: 2000, timeout: 30_000 })).toEqual({
		reconnect: "retry",
		interval: 2000,
		timeout: 30_000,
	});
	expect(advise({ interval: -5, timeout: 0 })).toEqual({ interval: 0, timeout: 1000 });
	expect(advise({ interval: 1e12, timeout: 1e300 })).toEqual({ interval: 60_000, timeout: 600_000 });
	expect(
		advise({
			interval: "1",
			timeout: null,
			reconnect: "maybe",
			hosts: ["evil"],
			"multiple-clients": true,
		}),
	).toEqual({
		"multiple-clients": true,
	});
	expect(advise([])).toBeUndefined();
});

test("every frame that JSON.stringify writes is read back, whatever its text holds", () => {
	fc.assert(
		fc.property(
			fc.array(fc.jsonValue({ maxDepth: 6 }), { maxLength: 8 }),
			fc.boolean(),
			(values, pretty) => {
				const all = values.map((value) => ({ channel: "/v2/me/x", data: value }));
				const frames = readFrames(JSON.stringify(all, null, pretty ? 2 : 0));
				expect(frames.rejected.size).toBe(0);
				// Through JSON once more, which has no negative zero.
				expect(frames.messages).toEqual(JSON.parse(JSON.stringify(all)));
			},
		),
	);
});

test("no text makes the reader throw, and good frames around any balanced nonsense survive", () => {
	fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => void readFrames(text)));
	const piece = fc.constantFrom("[", "]", "{", "}", '"', "\\", ",", ":", "1", "null", message(1), " ");
	fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void readFrames(pieces.join(""))));
});

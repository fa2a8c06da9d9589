import { expect, test } from "vitest";
import { appError, AppFailure, type ErrorCode } from "../../../shared/errors.ts";
import { RecordingLogger, settle, VirtualClock } from "../testing/virtual-clock.ts";
import { StorageKeeper } from "./storage-keeper.ts";

/** A disk that the test makes refuse, and the keeper that watches it. */
class Scene {
	readonly clock = new VirtualClock();
	readonly states: string[] = [];
	readonly tries: string[] = [];
	refusal: ErrorCode | null = null;
	working = 0;
	readonly keeper: StorageKeeper;

	constructor() {
		this.keeper = new StorageKeeper({
			clock: this.clock,
			logger: new RecordingLogger(),
			changed: ({ state }) => this.states.push(state),
			probe: () => this.write("probe"),
		});
		this.keeper.onWorking(() => (this.working += 1));
		this.keeper.opened({ state: "working", problem: null, did: [] });
	}

	/** A write as the book does it: how it ended is told to the keeper. */
	readonly write = async (name: string): Promise<string> => {
		this.tries.push(name);
		await Promise.resolve();
		if (this.refusal !== null) {
			this.keeper.refused(appError(this.refusal));
			throw new AppFailure(appError(this.refusal));
		}
		this.keeper.worked();
		return name;
	};
}

test("what works is written once and is no news", async () => {
	const scene = new Scene();
	expect(await scene.keeper.persist(() => scene.write("a"))).toBe("a");
	expect([scene.states, scene.tries, scene.working]).toEqual([["working"], ["a"], 0]);
});

test("what the disk refuses is tried again after 1, 2, 4 ... 30 s, by one of those who wait", async () => {
	const scene = new Scene();
	scene.refusal = "storage.full";
	const done: string[] = [];
	for (const name of ["a", "b", "c"])
		void scene.keeper.persist(() => scene.write(name)).then((value) => done.push(value));
	await scene.clock.advance(0);
	expect(scene.tries).toEqual(["a", "b", "c"]);
	expect(scene.keeper.status).toMatchObject({ state: "full", problem: { code: "storage.full" } });
	scene.tries.length = 0;
	await scene.clock.advance(1000 + 2000 + 4000 + 8000 + 16_000);
	expect(scene.tries).toHaveLength(5);
	await scene.clock.advance(120_000);
	expect(scene.tries).toHaveLength(9);
	scene.refusal = null;
	await scene.clock.advance(30_000);
	expect([...done].sort()).toEqual(["a", "b", "c"]);
	expect([scene.states, scene.working]).toEqual([["working", "full", "working"], 1]);
});

test("with nobody waiting the disk is probed, and a successful write of anybody ends the trouble", async () => {
	const scene = new Scene();
	scene.refusal = "storage.failing";
	await expect(scene.write("send")).rejects.toThrow();
	expect(scene.keeper.status.state).toBe("failing");
	await scene.clock.advance(1000);
	expect(scene.tries).toEqual(["send", "probe"]);
	scene.refusal = null;
	expect(await scene.write("another")).toBe("another");
	expect([scene.keeper.status.state, scene.keeper.problem, scene.working]).toEqual(["working", null, 1]);
	await scene.clock.advance(60_000);
	expect(scene.tries).toEqual(["send", "probe", "another"]);
});

test("retry tries at once, and begins with short waits again", async () => {
	const scene = new Scene();
	scene.refusal = "storage.readOnly";
	void scene.keeper.persist(() => scene.write("a"));
	await scene.clock.advance(100_000);
	scene.tries.length = 0;
	scene.keeper.retry();
	await settle();
	expect(scene.tries).toEqual(["a"]);
	await scene.clock.advance(1000);
	expect(scene.tries).toEqual(["a", "a"]);
});

test("a failure that is not the disk's is told at once", async () => {
	const scene = new Scene();
	await expect(
		scene.keeper.persist(() => Promise.reject(new AppFailure(appError("internal")))),
	).rejects.toThrow("internal");
	expect(scene.states).toEqual(["working"]);
});

test("whoever waits is let go when it is called off or the app stops, with the disk's reason", async () => {
	const scene = new Scene();
	scene.refusal = "storage.full";
	const off = new AbortController();
	const ended: string[] = [];
	const wait = (name: string, signal?: AbortSignal): void => {
		scene.keeper
			.persist(() => scene.write(name), signal)
			.catch((thrown: unknown) =>
				ended.push(`${name} ${thrown instanceof Error ? thrown.message : ""}`),
			);
	};
	wait("a", off.signal);
	wait("b");
	await settle();
	off.abort();
	await settle();
	expect(ended).toEqual(["a storage.full"]);
	scene.keeper.stop();
	await settle();
	expect(ended).toEqual(["a storage.full", "b storage.full"]);
	expect(scene.clock.pending).toBe(0);
});

test("what cannot be opened stays so", async () => {
	const scene = new Scene();
	const problem = appError("storage.newer", { params: { found: 9, known: 2 } });
	scene.keeper.opened({ state: "refused", problem });
	scene.keeper.worked();
	scene.keeper.refused(appError("storage.full"));
	scene.keeper.retry();
	await scene.clock.advance(100_000);
	expect(scene.keeper.status).toMatchObject({ state: "refused", problem });
	expect(scene.tries).toEqual([]);
});

test("a store that opened for reading only is tried for writing", async () => {
	const scene = new Scene();
	scene.keeper.opened({ state: "readOnly", problem: appError("storage.readOnly"), did: [] });
	await scene.clock.advance(1000);
	expect([scene.tries, scene.keeper.status.state]).toEqual([["probe"], "working"]);
});

import { Desk } from "./desk.ts";
import { spec as counted } from "./tally.ts";
import type { ContractWorld, Variation, WorldMaker } from "./world.ts";

/** What a spec has to itself: a world, and the app on it with nobody signed in. */
export interface Run {
	readonly world: ContractWorld;
	readonly desk: Desk;
}

/** The specs of one system are made with this. */
export interface Suite {
	/** One spec; what it leaves open is closed after it. */
	readonly spec: (name: string, run: (run: Run) => Promise<void>) => void;
	/** What the simulator can be told to do, known before anything runs. */
	readonly listed: {
		readonly variations: readonly Pick<Variation, "of" | "name">[];
		readonly switches: readonly string[];
	};
	/** What is so with the system, known before anything runs. */
	readonly sample: Pick<ContractWorld, "system" | "facts" | "provider"> & {
		/** Names of the ways in which a sign-in can be wrong. */
		readonly wrong: readonly string[];
	};
}

/** Looks at a system once, to know which specs there are. */
export async function suiteOf(maker: WorldMaker): Promise<Suite> {
	const world = await maker.start();
	const { system, facts, provider } = world;
	const listed = {
		variations: world.variations().map(({ of, name }) => ({ of, name })),
		switches: world.switches(),
	};
	const sample = {
		system,
		facts,
		provider,
		wrong: world.wrong.map(({ name }) => name),
	};
	await world.close();
	return {
		listed,
		sample,
		spec: (name, run) => {
			counted(system, name, () => on(maker, run));
		},
	};
}

async function on(maker: WorldMaker, run: (run: Run) => Promise<void>): Promise<void> {
	const world = await maker.start();
	try {
		const desk = await new Desk(world).start();
		try {
			await run({ world, desk });
		} finally {
			await desk.stop().catch(() => undefined);
		}
	} finally {
		await world.close();
	}
}

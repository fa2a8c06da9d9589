import { expect, test } from "vitest";
import { startDesk, startSignedIn } from "../support/desk.ts";
import { signInOnline, untilConnection } from "../support/forms.ts";
import type { Centre } from "../support/simulator.ts";

const leavingSteps = ["/meta/unsubscribe", "/meta/disconnect", "EndContactCenterSession"] as const;

/** The steps of leaving, in the order in which the server got them. */
function stepsOf(centre: Centre): string[] {
	return centre
		.asked({})
		.flatMap(({ channels, operationName }) =>
			[...channels, operationName ?? ""].filter((step) =>
				(leavingSteps as readonly string[]).includes(step),
			),
		);
}

const ends = (centre: Centre): number => centre.asked({ operationName: "EndContactCenterSession" }).length;
const state = (centre: Centre): string | undefined => centre.agents.deviceByNumber("5001")?.state;

test("quitting leaves in the documented order and logs out the line that this run logged in", async () => {
	const { app, centre } = await startSignedIn();
	expect(state(centre)).not.toBe("Offline");
	await app.close();
	const steps = stepsOf(centre);
	expect([...new Set(steps)]).toEqual(leavingSteps);
	expect(steps.slice(-2)).toEqual(["/meta/disconnect", "EndContactCenterSession"]);
	expect(centre.asked({}).at(-1)).toMatchObject({
		operationName: "EndContactCenterSession",
		outcome: "answered",
	});
	expect(state(centre)).toBe("Offline");
	expect(centre.cometdSessions()).toBe(0);
});

test("a line that was logged in before is left as it was", async () => {
	const { page, app, centre } = await startDesk();
	const device = centre.agents.deviceByNumber("5001");
	if (device === undefined) throw new Error("no device");
	device.state = "Ready";
	await signInOnline(page, { server: centre.origin });
	await centre.untilReachable();
	await app.close();
	expect(stepsOf(centre)).not.toContain("EndContactCenterSession");
	expect(stepsOf(centre).at(-1)).toBe("/meta/disconnect");
	expect(device.state).toBe("Ready");
});

test("after a crash, the next run on this workstation logs the line out, and one on another does not", async () => {
	const here = { TRUNKLINE_WORKSTATION: "desk-left" };
	const elsewhere = { TRUNKLINE_WORKSTATION: "desk-right" };
	const first = await startSignedIn({ env: here });
	const { centre, scene } = first;
	await first.app.kill();
	expect(state(centre)).not.toBe("Offline");

	const second = await scene.launch({ profile: first.app.profile, env: elsewhere });
	await untilConnection(second.page, "Online");
	await centre.untilReachable();
	await second.app.close();
	expect(ends(centre)).toBe(0);
	expect(state(centre)).not.toBe("Offline");

	const third = await scene.launch({ profile: first.app.profile, env: here });
	await untilConnection(third.page, "Online");
	await centre.untilReachable();
	await third.app.close();
	expect(ends(centre)).toBe(1);
	expect(state(centre)).toBe("Offline");
	expect(centre.asked({ operationName: "StartContactCenterSession" })).toHaveLength(1);
});

test("a server that is silent does not keep the app from ending", async () => {
	const { app, centre } = await startSignedIn();
	await centre.network.cut("silence");
	await app.close();
	expect(await app.ended).toBe(0);
	expect(ends(centre)).toBe(0);

	// The line is still logged in, and whose business that is was not forgotten.
	await centre.network.restore();
});

test("a server that hangs on the log-out does not keep the app from ending, and the next run makes up for it", async () => {
	const { app, centre, scene } = await startSignedIn();
	centre.faults.next({ action: "hang", match: { operationName: "EndContactCenterSession" } });
	await app.close();
	expect(await app.ended).toBe(0);
	expect(state(centre)).not.toBe("Offline");
	centre.journal.clear();

	const again = await scene.launch({ profile: app.profile });
	await untilConnection(again.page, "Online");
	await centre.untilReachable();
	await again.app.close();
	expect(ends(centre)).toBe(1);
	expect(state(centre)).toBe("Offline");
});

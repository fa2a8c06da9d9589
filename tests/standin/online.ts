import { networkInterfaces } from "node:os";

/** Whether the machine has a network interface besides loopback, which is what Chromium's answer means. */
export function hasNetwork(): boolean {
	const forced = process.env["STANDIN_ONLINE"];
	if (forced !== undefined) return forced !== "0";
	return Object.values(networkInterfaces())
		.flat()
		.some((address) => address !== undefined && !address.internal);
}

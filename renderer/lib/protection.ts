import { isLoopback } from "../../shared/server-address.ts";
import type { Account } from "../../shared/model.ts";

/** Whether others can read what passes: plain http is no risk where it never leaves this computer. */
export function protectionOf(account: Account): "encrypted" | "onThisComputer" | "open" {
	if (account.encrypted) return "encrypted";
	const host = URL.parse(account.server)?.hostname ?? "";
	return account.practice || isLoopback(host) ? "onThisComputer" : "open";
}

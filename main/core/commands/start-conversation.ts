import { appError, failed, ok, type Result, toAppError } from "../../../shared/errors.ts";
import type { AccountId, ConversationId, LineId } from "../../../shared/ids.ts";
import type { Output, Parsed } from "../../../shared/ipc/contract.ts";
import type { Line } from "../../../shared/model.ts";
import type { CorePorts } from "../ports/core.ts";
import type { Provider, Thread } from "../ports/provider.ts";
import type { Workspace } from "../workspace.ts";

type Ports = Pick<CorePorts, "random" | "clock" | "numbers">;

interface Wanted {
	readonly accountId: AccountId;
	readonly lineId: LineId | null;
	readonly addresses: readonly string[];
	readonly title: string | null;
}

interface Begun {
	readonly provider: Provider;
	readonly thread: Thread;
}

/** Begins a conversation, or finds the one that is there: the same key is the same conversation. Nobody is asked. */
export async function startConversation(
	workspace: Workspace,
	ports: Ports,
	{ name, ...wanted }: Parsed<"conversations.start">,
): Promise<Result<Output<"conversations.start">>> {
	const begun = begin(workspace, ports, wanted);
	if (!begun.ok) return begun;
	const { accountId } = wanted;
	const { provider, thread } = begun.value;
	const { peer, address, formatted, facts } = thread;
	const { book } = workspace;
	await book.change(() => {
		const known = book.byPeer(accountId, peer);
		if (known !== null) {
			// What its system told of it is the better knowledge; only what is missing comes from here.
			const named = known.name === null && name !== null ? { name } : {};
			const told = known.thread === null ? { thread: facts } : {};
			const patch = { ...named, ...told, ...(known.archived ? { archived: false } : {}) };
			return Object.keys(patch).length === 0 ? null : { patches: [{ id: known.id, patch }] };
		}
		const id = ports.random.uuid() as ConversationId;
		const { system } = provider;
		const createdAt = ports.clock.now();
		const made = { id, accountId, system, peer, address, formatted, name, thread: facts, createdAt };
		return { conversations: [made] };
	});
	const record = book.byPeer(accountId, peer);
	return record === null ? failed(appError("internal")) : ok({ conversationId: record.id });
}

/** How an address would be understood. */
export function checkNumber(
	workspace: Workspace,
	ports: Ports,
	{ accountId, lineId, text }: Parsed<"numbers.check">,
): Result<Output<"numbers.check">> {
	const begun = begin(workspace, ports, { accountId, lineId, addresses: [text], title: null });
	if (!begun.ok) return begun;
	const { address, formatted } = begun.value.thread;
	return ok({ address, formatted });
}

function begin({ manager }: Workspace, { random, numbers }: Ports, wanted: Wanted): Result<Begun> {
	const provider = manager.provider(wanted.accountId);
	const session = manager.get(wanted.accountId);
	if (provider === null || session === null) return failed(appError("account.notFound"));
	const addresses = [...new Set(wanted.addresses.map((address) => address.trim()))].filter(
		(address) => address !== "",
	);
	if (addresses.length === 0) return failed(appError("peer.badAddress"));
	const { lines, lineId: chosen } = session.desk;
	const line = lineNamed(lines, wanted.lineId ?? chosen);
	if (wanted.lineId !== null && line === null) return failed(appError("line.unknown"));
	if (addresses.length > 1 && line?.recipients === "one") return failed(appError("peer.tooMany"));
	const title = wanted.title?.trim() ?? "";
	try {
		const asked = { addresses, line, title: title === "" ? null : title };
		return ok({ provider, thread: provider.begin(asked, { random, numbers }) });
	} catch (thrown) {
		return failed(toAppError(thrown));
	}
}

function lineNamed(lines: readonly Line[], id: LineId | null): Line | null {
	return lines.find((line) => line.id === id) ?? null;
}

import { displayName, type Endpoint } from "../company.ts";
import { ServiceFailure } from "../failure.ts";
import type { NewMessage } from "../messages.ts";
import type { SendOutcome } from "../switches.ts";
import { type Dto, plainContract } from "../wire/contract.ts";
import { messageInfo, messageInfoContract } from "./message-info.ts";
import { type Call, type Operation, userOf } from "./operation.ts";

/** Where a message goes, and what must be refused first. */
interface Target {
	readonly endpoint: Endpoint;
	readonly address: string;
	readonly sessionId: string | null;
}

/** `SendMessage` (sheet, 5.2). */
export const sendMessage: Operation = {
	name: "SendMessage",
	access: ["User"],
	request: plainContract("SendMessage", "Voice.Api.Sessions", {
		sessionId: "value",
		endpointId: "value",
		toAddress: "value",
		body: "value",
	}),
	response: messageInfoContract,
	run: (call) => {
		const { site } = call;
		const user = userOf(call);
		const text = call.parameters.text("body");
		if (site.switches.sendNeedsUserEndpoint && site.company.userEndpoint(user) === undefined)
			throw refusal(400, "You do not have a phone user endpoint", "");
		if (text === "") refuseUnless(site.switches.emptyText, "'Body' must not be empty.", "Body");
		const longest = site.switches.longestText;
		if (longest !== null && text.length > longest)
			throw refusal(400, `Body is longer than ${String(longest)} characters`, "Body");
		const target = targetOf(call);
		// The server took a message for nowhere: an empty reply, and nothing was sent.
		if (target === null) return emptyMessage;
		const message = site.messages.add(outgoing(call, target, text));
		const session = target.sessionId === null ? undefined : site.sessions.find(target.sessionId);
		session?.transcript.push({ at: message.at, from: user.emailAddress, body: text, media: null });
		if (session !== undefined) session.changedAt = message.at;
		site.ledger.add({
			at: message.at,
			id: message.id,
			endpointId: target.endpoint.id,
			address: target.address,
			sender: user.emailAddress,
			sessionId: target.sessionId,
			text,
		});
		site.messages.announce(message);
		return messageInfo(site, message);
	},
};

const emptyMessage: Dto = { direction: "Incoming", isUnread: false };

/** Null: nowhere, but the switch says that this is accepted. */
function targetOf(call: Call): Target | null {
	const { site, parameters } = call;
	const accounts = site.company.accountsOf(userOf(call)).map(({ id }) => id);
	const sessionId = parameters.text("sessionId");
	if (sessionId !== "") {
		const session = site.sessions.find(sessionId);
		if (session === undefined || !accounts.includes(session.endpoint.accountId)) {
			refuseUnless(site.switches.missingEndpoint, `Session ${sessionId} was not found`, "SessionId");
			return null;
		}
		if (session.endedAt !== null || session.channel !== "Chat")
			refuseUnless(site.switches.endedSession, "The session is not an active chat", "SessionId");
		return { endpoint: session.endpoint, address: session.otherAddress, sessionId };
	}
	const endpointId = parameters.text("endpointId");
	const address = parameters.text("toAddress");
	if (endpointId === "" || address === "")
		throw refusal(
			400,
			"Specify either SessionId or EndpointId and ToAddress",
			endpointId === "" ? "EndpointId" : "ToAddress",
		);
	const endpoint = site.company.endpoints.find(({ id }) => id === endpointId);
	if (endpoint === undefined || !accounts.includes(endpoint.accountId)) {
		refuseUnless(site.switches.missingEndpoint, `Endpoint ${endpointId} was not found`, "EndpointId");
		return null;
	}
	if (endpoint.disableSms) throw refusal(400, "SMS is disabled for this endpoint", "EndpointId");
	if (!/^\+?\d{3,15}$|^[^\s@]+@[^\s@]+$/.test(address))
		refuseUnless(site.switches.badRecipient, `'${address}' is not a valid address`, "ToAddress");
	if (site.optedOut.has(address))
		refuseUnless(site.switches.optedOut, `${address} has opted out of messages`, "ToAddress");
	return { endpoint, address, sessionId: null };
}

function outgoing(call: Call, { endpoint, address, sessionId }: Target, text: string): NewMessage {
	const user = userOf(call);
	return {
		endpoint,
		direction: "Outgoing",
		otherAddress: address,
		senderAddress: user.emailAddress,
		senderName: displayName(user),
		text,
		sessionId,
		media: null,
	};
}

function refuseUnless(outcome: SendOutcome, message: string, fieldName: string): void {
	if (outcome !== "accepted") throw refusal(outcome, message, fieldName);
}

const errorCodes: Readonly<Record<number, string>> = {
	400: "ArgumentException",
	403: "UnauthorizedAccessException",
	404: "NotFound",
	405: "NotSupportedException",
	409: "OptimisticConcurrencyException",
};

function refusal(status: number, message: string, fieldName: string): ServiceFailure {
	const errorCode = errorCodes[status] ?? "Exception";
	return new ServiceFailure(
		status,
		errorCode,
		message,
		fieldName === "" ? [] : [{ errorCode, fieldName, message }],
	);
}

import type { ServerResponse } from "node:http";
import type { JsonObject } from "../server/json.ts";
import { Refusal, statusCodes } from "./refusal.ts";
import type { GenesysSwitches } from "./switches.ts";

/** A JSON reply. */
export function respond(response: ServerResponse, httpStatus: number, body: JsonObject): void {
	response.statusCode = httpStatus;
	response.setHeader("Content-Type", "application/json;charset=UTF-8");
	response.end(JSON.stringify(body));
}

/** The error envelope, with the HTTP status that the refusal or the switches name. */
export function respondRefusal(response: ServerResponse, refusal: Refusal, switches: GenesysSwitches): void {
	const httpStatus = refusal.httpStatus ?? switches.httpStatus[refusal.statusCode] ?? 500;
	if (httpStatus === 401) response.setHeader("WWW-Authenticate", 'Basic realm="Genesys"');
	respond(response, httpStatus, { statusCode: refusal.statusCode, statusMessage: refusal.message });
}

/** The CSRF refusal (sheet, 2.1); only its words and its 403 are known. */
export function respondCsrf(response: ServerResponse, switches: GenesysSwitches): void {
	const words = "Missing or invalid Csrf token";
	switch (switches.csrfRefusal) {
		case "json":
			respond(response, 403, { statusCode: statusCodes.forbidden, statusMessage: words });
			break;
		case "html":
			respondHtml(response, 403, words);
			break;
		case "text":
			response.writeHead(403, { "Content-Type": "text/plain;charset=UTF-8" });
			response.end(words);
			break;
	}
}

/** A disabled feature's resource does not exist: 404, body unknown. */
export function respondMissingFeature(response: ServerResponse, switches: GenesysSwitches): void {
	switch (switches.missingFeatureBody) {
		case "json":
			respondRefusal(response, new Refusal(statusCodes.notFound, "Resource not found", 404), switches);
			break;
		case "html":
			respondHtml(response, 404, "Not Found");
			break;
		case "empty":
			response.statusCode = 404;
			response.end("");
			break;
	}
}

/** An error page as Jetty writes it. */
export function respondHtml(response: ServerResponse, httpStatus: number, words: string): void {
	response.statusCode = httpStatus;
	response.setHeader("Content-Type", "text/html;charset=ISO-8859-1");
	response.end(
		`<html><head><title>Error ${String(httpStatus)}</title></head><body><h2>${words}</h2></body></html>`,
	);
}

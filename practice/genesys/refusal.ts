/** The statusCodes of the sheet, section 3, that the simulator itself decides on. */
export const statusCodes = {
	success: 0,
	parameterMissing: 1,
	invalidForState: 2,
	forbidden: 3,
	internal: 4,
	noPermission: 5,
	notFound: 6,
	partial: 7,
	passwordChange: 8,
	outOfRange: 10,
	accessDenied: 20,
} as const;

/** An operation that is answered with an error envelope; nothing was changed. */
export class Refusal extends Error {
	readonly statusCode: number;
	/** Overrides the status that the switches name for `statusCode`. */
	readonly httpStatus: number | undefined;
	constructor(statusCode: number, statusMessage: string, httpStatus?: number) {
		super(statusMessage);
		this.name = "Refusal";
		this.statusCode = statusCode;
		this.httpStatus = httpStatus;
	}
}

/** statusCode 1 for a parameter that is absent. */
export function missingParameter(name: string): Refusal {
	return new Refusal(statusCodes.parameterMissing, `Required parameter '${name}' is missing`);
}

/** statusCode 6 for something that does not exist. */
export function notFound(what: string): Refusal {
	return new Refusal(statusCodes.notFound, `${what} not found`);
}

/** An operation that this resource does not have: the sheet gives no code, 3 is the nearest. */
export function unknownOperation(name: string): Refusal {
	return new Refusal(statusCodes.forbidden, `Invalid operation '${name}'`);
}

/** One entry of `errors` (sheet, section 3). */
export interface FieldFailure {
	readonly errorCode: string;
	readonly fieldName: string;
	readonly message: string;
}

/** A request that the service refuses in its own words: becomes a `responseStatus` (sheet, section 3). */
export class ServiceFailure extends Error {
	readonly status: number;
	readonly errorCode: string;
	readonly fields: readonly FieldFailure[];

	constructor(status: number, errorCode: string, message: string, fields: readonly FieldFailure[] = []) {
		super(message);
		this.status = status;
		this.errorCode = errorCode;
		this.fields = fields;
	}
}

/** 404 with words of its own. */
export function notFound(what: string): ServiceFailure {
	return new ServiceFailure(404, "NotFound", `${what} was not found`);
}

/** 400 for something that cannot be read. */
export function unreadable(message: string): ServiceFailure {
	return new ServiceFailure(400, "SerializationException", message);
}

/** A failure that tests ask for; it goes through the same shapes as the service's own. */
export interface PlannedFailure {
	/** Name of the operation, such as `ListConversations`. */
	readonly operation: string;
	readonly status: number;
	readonly errorCode?: string;
	readonly message?: string;
	/** How many calls it hits; default 1. */
	readonly times?: number;
}

/** Failures of operations, each for the next calls. The operation does nothing. */
export class PlannedFailures {
	#planned: { failure: PlannedFailure; left: number }[] = [];

	next(failure: PlannedFailure): void {
		this.#planned.push({ failure, left: failure.times ?? 1 });
	}

	/** Throws the failure planned for this call, if there is one. */
	raise(operation: string): void {
		const found = this.#planned.find(({ failure }) => failure.operation === operation);
		if (found === undefined) return;
		found.left -= 1;
		if (found.left <= 0) this.#planned = this.#planned.filter((candidate) => candidate !== found);
		const { status, errorCode = "Exception", message = "Something went wrong" } = found.failure;
		throw new ServiceFailure(status, errorCode, message);
	}
}

import { type AppError, appError, AppFailure } from "../../../../shared/errors.ts";
import { SqliteFailure, sqliteCodes } from "./sqlite-driver.ts";

/** What a failure of the database means to a person. Anything that is not the disk's fault is `internal`. */
export function storageProblem(error: unknown): AppError {
	if (error instanceof AppFailure) return error.error;
	if (!(error instanceof SqliteFailure)) return appError("internal");
	switch (error.code) {
		case sqliteCodes.full:
			return appError("storage.full");
		case sqliteCodes.readOnly:
			return appError("storage.readOnly");
		case sqliteCodes.busy:
		case sqliteCodes.locked:
			return appError("storage.inUse");
		case sqliteCodes.ioError:
		case sqliteCodes.corrupt:
		case sqliteCodes.notADatabase:
		case sqliteCodes.cannotOpen:
			return appError("storage.failing");
		default:
			return appError("internal");
	}
}

export function storageFailure(error: unknown): AppFailure {
	return error instanceof AppFailure ? error : new AppFailure(storageProblem(error), { cause: error });
}

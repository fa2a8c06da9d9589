import type { Shell } from "electron/common";
import { appError, failed, ok } from "../../../shared/errors.ts";
import { externalLink } from "../../../shared/links.ts";
import type { Logger } from "../../core/ports/runtime.ts";
import type { ExternalLinks } from "../../core/ports/system.ts";

/** Hands links to the person's browser, mail program or telephone: only those `shared/links.ts` wrote anew. */
export function createExternalLinks(shell: Pick<Shell, "openExternal">, logger: Logger): ExternalLinks {
	return {
		async open(url) {
			const link = externalLink(url);
			if (link === null) {
				logger.warn("link.refused");
				return failed(appError("link.refused"));
			}
			try {
				await shell.openExternal(link);
				return ok(null);
			} catch (error) {
				// No program is registered for it, or the person said no to the system's question.
				logger.warn("link.notOpened", { reason: error instanceof Error ? error.message : "unknown" });
				return failed(appError("link.refused"));
			}
		},
	};
}

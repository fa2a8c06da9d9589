import "./probe.ts";
import type { Provider } from "../../main/core/ports/provider.ts";
import type { SystemId } from "../../shared/model.ts";
import { ReferenceProvider } from "../../tests/reference/provider.ts";

/** In place of `main/adapters/providers/registry.ts`: the reference system passes for Genesys. */
export function createProviders(): ReadonlyMap<SystemId, Provider> {
	return new Map([["genesys", new ReferenceProvider({ system: "genesys" })]]);
}

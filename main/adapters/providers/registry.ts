import type { SystemId } from "../../../shared/model.ts";
import type { Provider } from "../../core/ports/provider.ts";
import { GenesysProvider, type GenesysProviderOptions } from "./genesys/provider.ts";

/** What each system's provider is built with. */
export interface ProviderRegistryOptions {
	readonly genesys: GenesysProviderOptions;
}

/** Which systems Trunkline can talk to; null: known, and not built yet. */
export function createProviders(
	options: ProviderRegistryOptions,
): Readonly<Record<SystemId, Provider | null>> {
	return { genesys: new GenesysProvider(options.genesys), netsapiens: null, evovoice: null, textus: null };
}

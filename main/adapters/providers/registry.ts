import type { SystemId } from "../../../shared/model.ts";
import type { Provider } from "../../core/ports/provider.ts";
import { GenesysProvider, type GenesysProviderOptions } from "./genesys/provider.ts";

/** What each system's provider is built with. */
export interface ProviderRegistryOptions {
	readonly genesys: GenesysProviderOptions;
}

/** The systems that Trunkline can talk to, in the order in which they are offered; nothing else knows them by name. */
export function createProviders(options: ProviderRegistryOptions): ReadonlyMap<SystemId, Provider> {
	const providers: readonly Provider[] = [new GenesysProvider(options.genesys)];
	return new Map(providers.map((provider) => [provider.system, provider]));
}

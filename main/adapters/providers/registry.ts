import type { SystemId } from "../../../shared/model.ts";
import type { Provider } from "../../core/ports/provider.ts";
import { EvoVoiceProvider } from "./evovoice/provider.ts";
import { GenesysProvider, type GenesysProviderOptions } from "./genesys/provider.ts";
import { TextusProvider, type TextusProviderOptions } from "./textus/provider.ts";
import { NetsapiensProvider } from "./netsapiens/provider.ts";

/** What the providers are built with. */
export interface ProviderRegistryOptions {
	/** Makes the notification service of one account, for systems that push. */
	readonly createCometdClient: GenesysProviderOptions["createCometdClient"];
	/** Makes the way to an upload service, for systems that take files by their public address only. */
	readonly createUploadClient?: NonNullable<TextusProviderOptions["createUploadClient"]>;
}

/** The systems that Trunkline can talk to, in the order in which they are offered; nothing else knows them by name. */
export function createProviders(options: ProviderRegistryOptions): ReadonlyMap<SystemId, Provider> {
	const providers: readonly Provider[] = [
		new GenesysProvider(options),
		new NetsapiensProvider(),
		new EvoVoiceProvider(),
		new TextusProvider(options),
	];
	return new Map(providers.map((provider) => [provider.system, provider]));
}

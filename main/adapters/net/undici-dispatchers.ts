import type * as undici from "undici";
import methods from "undici/lib/api/index.js";
import shippedAgent from "undici/lib/dispatcher/agent.js";
import shippedDispatcher from "undici/lib/dispatcher/dispatcher.js";
import shippedProxyAgent from "undici/lib/dispatcher/proxy-agent.js";

// undici's entry brings its fetch, WebSocket, EventSource, caches and mocks along: 65 kB gzip that nothing here
// uses (targets, G14). These are the parts that its entry itself puts together; the version is pinned, and the
// tests of the HTTP client run on them.
Object.assign((shippedDispatcher as { prototype: object }).prototype, methods);

export const Agent = shippedAgent as typeof undici.Agent;
export const ProxyAgent = shippedProxyAgent as typeof undici.ProxyAgent;
export type Dispatcher = undici.Dispatcher;

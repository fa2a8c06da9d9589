/** Parts of undici that its entry is made of; typed where they are used. */
declare module "undici/lib/api/index.js" {
	const part: unknown;
	export default part;
}
declare module "undici/lib/dispatcher/agent.js" {
	const part: unknown;
	export default part;
}
declare module "undici/lib/dispatcher/dispatcher.js" {
	const part: unknown;
	export default part;
}
declare module "undici/lib/dispatcher/proxy-agent.js" {
	const part: unknown;
	export default part;
}

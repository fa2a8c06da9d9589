/* global document */
// Runs in the page's world; notes what the specs ask about.
globalThis.pageVariable = 1;
globalThis.violations = [];
globalThis.keys = [];
document.addEventListener("securitypolicyviolation", (event) => {
	globalThis.violations.push(event.effectiveDirective);
});
document.addEventListener("keydown", (event) => {
	globalThis.keys.push(event.key);
	if (globalThis.preventKeys) event.preventDefault();
});

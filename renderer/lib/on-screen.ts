import type { Attachment } from "svelte/attachments";

/** While an element is on screen `seen` has been called; what that returned is called when it no longer is. */
export function onScreen(seen: () => () => void): Attachment {
	return (element) => {
		let leave: (() => void) | null = null;
		const observer = new IntersectionObserver((records) => {
			const here = records.at(-1)?.isIntersecting === true;
			if (here) leave ??= seen();
			else {
				leave?.();
				leave = null;
			}
		});
		observer.observe(element);
		return () => {
			observer.disconnect();
			leave?.();
		};
	};
}

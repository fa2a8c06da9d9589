/** One element; prefixes and namespaces are ignored (sheet, 9: match by local name). */
export interface XmlElement {
	readonly name: string;
	/** `i:nil="true"`, whatever the prefix. */
	readonly nil: boolean;
	readonly children: XmlElement[];
	/** Character data directly within it. */
	text: string;
}

/** As much as an answer may be long (ports/runtime.ts), in UTF-16 units. */
const maxLength = 8 * 1024 * 1024;
/** What DataContractSerializer writes for these types is five levels deep. */
const maxDepth = 32;

/**
 * Reads one XML document as .NET writes it. Strict: tags must match, and there is no document type, so no entity but the
 * five and the numeric ones. Throws SyntaxError, also for more than 8 Mi characters or 32 levels.
 */
export function readXml(text: string): XmlElement {
	if (text.length > maxLength) throw new SyntaxError("the XML is too long");
	return new Reader(text.startsWith("\uFEFF") ? text.slice(1) : text).document();
}

interface Open {
	readonly tag: string;
	readonly element: XmlElement;
}

const nameToken =
	/[A-Za-z_\u00C0-\uFFFD][\w.\-\u00B7\u00C0-\uFFFD]*(?::[A-Za-z_\u00C0-\uFFFD][\w.\-\u00B7\u00C0-\uFFFD]*)?/y;
const attributeToken = /\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const spaceToken = /[ \t\r\n]*/y;

class Reader {
	readonly #text: string;
	readonly #open: Open[] = [];
	#at = 0;
	#root: XmlElement | null = null;

	constructor(text: string) {
		this.#text = text;
	}

	document(): XmlElement {
		if (/^<\?xml[ \t\r\n]/.test(this.#text)) this.#at = this.#past("?>", 5);
		while (this.#at < this.#text.length) this.#next();
		if (this.#root === null || this.#open.length > 0) throw malformed();
		return this.#root;
	}

	#next(): void {
		const text = this.#text;
		if (text[this.#at] !== "<") {
			const end = text.indexOf("<", this.#at);
			this.#characters(text.slice(this.#at, end < 0 ? undefined : end));
			this.#at = end < 0 ? text.length : end;
		} else if (text.startsWith("<!--", this.#at)) this.#at = this.#past("-->", 4);
		else if (text.startsWith("<![CDATA[", this.#at)) this.#verbatim();
		// A document type could define entities and name files.
		else if (text.startsWith("<!", this.#at)) throw new SyntaxError("the XML has a document type");
		else if (text.startsWith("<?", this.#at)) {
			if (/^<\?xml[ \t\r\n?]/i.test(text.slice(this.#at, this.#at + 6))) throw malformed();
			this.#at = this.#past("?>", 2);
		} else if (text.startsWith("</", this.#at)) this.#endTag();
		else this.#startTag();
	}

	#characters(raw: string): void {
		const current = this.#open.at(-1);
		if (current === undefined) {
			if (/[^ \t\r\n]/.test(raw)) throw malformed();
			return;
		}
		if (raw.includes("]]>")) throw malformed();
		current.element.text += decoded(raw.replace(/\r\n?/g, "\n"));
	}

	#verbatim(): void {
		const current = this.#open.at(-1);
		if (current === undefined) throw malformed();
		const end = this.#past("]]>", 9);
		current.element.text += this.#text.slice(this.#at + 9, end - 3).replace(/\r\n?/g, "\n");
		this.#at = end;
	}

	#endTag(): void {
		this.#at += 2;
		const tag = this.#take(nameToken);
		this.#take(spaceToken);
		if (this.#open.pop()?.tag !== tag) throw malformed();
		this.#expect(">");
	}

	#startTag(): void {
		this.#at += 1;
		const tag = this.#take(nameToken);
		const { nil, closed } = this.#attributes();
		const element: XmlElement = { name: localName(tag), nil, children: [], text: "" };
		const parent = this.#open.at(-1);
		if (parent !== undefined) parent.element.children.push(element);
		else if (this.#root === null) this.#root = element;
		else throw malformed();
		if (closed) return;
		this.#open.push({ tag, element });
		if (this.#open.length > maxDepth) throw new SyntaxError("the XML is nested too deep");
	}

	#attributes(): { readonly nil: boolean; readonly closed: boolean } {
		const names = new Set<string>();
		let nil = false;
		for (;;) {
			const before = this.#at;
			this.#take(spaceToken);
			if (this.#text[this.#at] === ">") {
				this.#at += 1;
				return { nil, closed: false };
			}
			if (this.#text[this.#at] === "/") {
				this.#at += 1;
				this.#expect(">");
				return { nil, closed: true };
			}
			if (this.#at === before) throw malformed();
			const name = this.#take(nameToken);
			if (names.has(name)) throw malformed();
			names.add(name);
			const value = decoded(this.#attributeValue());
			if (localName(name) === "nil") nil = value === "true" || value === "1";
		}
	}

	#attributeValue(): string {
		attributeToken.lastIndex = this.#at;
		const found = attributeToken.exec(this.#text);
		if (found === null) throw malformed();
		this.#at = attributeToken.lastIndex;
		return found[1] ?? found[2] ?? "";
	}

	#take(token: RegExp): string {
		token.lastIndex = this.#at;
		const found = token.exec(this.#text);
		if (found === null) throw malformed();
		this.#at = token.lastIndex;
		return found[0];
	}

	#expect(character: string): void {
		if (this.#text[this.#at] !== character) throw malformed();
		this.#at += 1;
	}

	/** The place after the next `end`, looked for `skip` characters from here. */
	#past(end: string, skip: number): number {
		const found = this.#text.indexOf(end, this.#at + skip);
		if (found < 0) throw malformed();
		return found + end.length;
	}
}

function localName(qualified: string): string {
	return qualified.slice(qualified.indexOf(":") + 1);
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function decoded(raw: string): string {
	if (!raw.includes("&")) return raw;
	return raw.replace(/&([^;&]{0,12};)?/g, (_whole, reference: string | undefined) => {
		const body = reference?.slice(0, -1) ?? "";
		const digits = /^#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}))$/.exec(body);
		if (digits === null) {
			const character = Object.hasOwn(named, body) ? named[body] : undefined;
			if (character === undefined) throw malformed();
			return character;
		}
		const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
		// .NET writes control characters as references though XML 1.0 has none; a message may hold one.
		if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw malformed();
		return String.fromCodePoint(code);
	});
}

/** Without what stood there: it may be the text of a message. */
function malformed(): SyntaxError {
	return new SyntaxError("the XML is not well-formed");
}

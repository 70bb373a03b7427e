const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|[{}[\],:]/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/** The tokens that may follow: a value, the end or next item of a container, a key, or the colon behind a key. */
type Expected = 'value' | 'value or ]' | 'key or }' | 'key' | ':' | ', or end' | 'nothing';

/**
 * The index at which a text stops being JSON, or its length if it ends too early. JSON.parse tells it on some engines only, with a piece of
 * the text, which must not be part of an error.
 */
export function jsonErrorPosition(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    at = endOf(SPACE, text, at) ?? at;
    const first = text[at];
    if (first === undefined) return at;
    const next = after(first, expected, open);
    if (next === undefined) return at;
    const end = first === '"' ? stringEnd(text, at) : endOf(PLAIN, text, at);
    if (end === undefined) return at;
    if (typeof end === 'object') return end.broken;
    expected = next;
    at = end;
  }
}

/** The tokens that may follow a token with this first character; undefined if it is not allowed here. */
function after(first: string, expected: Expected, open: ('{' | '[')[]): Expected | undefined {
  if (first === '}' || first === ']') return close(first, expected, open);
  if (first === ',' && expected === ', or end') return open.at(-1) === '{' ? 'key' : 'value';
  if (expected === ':') return first === ':' ? 'value' : undefined;
  if (expected === 'key' || expected === 'key or }') return first === '"' ? ':' : undefined;
  return expected.startsWith('value') && first !== ',' && first !== ':' ? value(first, open) : undefined;
}

function value(first: string, open: ('{' | '[')[]): Expected {
  if (first !== '{' && first !== '[') return behindValue(open);
  open.push(first);
  return first === '{' ? 'key or }' : 'value or ]';
}

function close(first: '}' | ']', expected: Expected, open: ('{' | '[')[]): Expected | undefined {
  const empty = first === '}' ? 'key or }' : 'value or ]';
  if (expected !== ', or end' && expected !== empty) return undefined;
  return open.pop() === (first === '}' ? '{' : '[') ? behindValue(open) : undefined;
}

function behindValue(open: readonly unknown[]): Expected {
  return open.length === 0 ? 'nothing' : ', or end';
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** The end of a string that begins here, or the index of its error. A pattern over megabytes could overflow the engine's stack. */
function stringEnd(text: string, from: number): number | { broken: number } {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) return at + 1;
    if (code < 32) return { broken: at };
    if (code !== 92) continue;
    const end = endOf(ESCAPE, text, at);
    if (end === undefined) return { broken: at };
    at = end - 1;
  }
  return { broken: text.length };
}

import type { JsonValue } from '../../schemas/json.js';

const [OBJECT, ARRAY, END, ABSENT] = [Symbol('object'), Symbol('array'), Symbol('end'), Symbol('absent')];
type Token = string | number | boolean | null | symbol;

/** What is known of one content, as far as it is told from all others. */
interface Leaf {
  tokens: Token[];
  hash: string;
}
type Branch = Map<Token, Branch | Leaf>;

/** Characters and tokens that are remembered: some tens of megabytes at the most. */
const MOST = 16 * 1024 * 1024;

/**
 * Hashes of JSON contents that were met before, found by walking the content itself: a string that is the same object as before is
 * compared by its address and its remembered hash code, so that finding an example of any size again costs well under a
 * microsecond, where writing it out to hash it costs ten. Content decides, not identity: a changed object is another content.
 */
export class ContentTrie {
  private root: Branch = new Map();
  private size = 0;

  /** The hash of the contents, which `make` gives where they were not met before. */
  hashOf(contents: readonly (JsonValue | undefined)[], make: () => string): string {
    const tokens: Token[] = [];
    for (const content of contents) addTokens(content, tokens);

    let branch = this.root;
    let depth = 0;
    for (;;) {
      const token = tokens[depth] ?? null;
      const found = branch.get(token);
      depth += 1;
      if (found instanceof Map) branch = found;
      else if (found === undefined) return this.remember(branch, token, { tokens, hash: make() });
      else if (isSame(found.tokens, tokens, depth)) return found.hash;
      else {
        // Two contents part further on: the leaf moves down a step, as often as it takes.
        const below: Branch = new Map([[found.tokens[depth] ?? null, found]]);
        branch.set(token, below);
        branch = below;
      }
    }
  }

  private remember(branch: Branch, token: Token, leaf: Leaf): string {
    branch.set(token, leaf);
    this.size += leaf.tokens.reduce<number>((sum, each) => sum + (typeof each === 'string' ? each.length + 1 : 1), 0);
    if (this.size > MOST) {
      this.root = new Map();
      this.size = 0;
    }
    return leaf.hash;
  }
}

/** Prefix-free: where two contents differ, their tokens differ before either ends. */
function addTokens(value: JsonValue | undefined, tokens: Token[]): void {
  if (value === undefined) tokens.push(ABSENT);
  else if (typeof value !== 'object' || value === null) tokens.push(value);
  else if (Array.isArray(value)) {
    tokens.push(ARRAY);
    for (const item of value) addTokens(item, tokens);
    tokens.push(END);
  } else {
    tokens.push(OBJECT);
    for (const key of Object.keys(value)) {
      tokens.push(key);
      addTokens(value[key], tokens);
    }
    tokens.push(END);
  }
}

function isSame(known: readonly Token[], tokens: readonly Token[], from: number): boolean {
  if (known.length !== tokens.length) return false;
  for (let index = from; index < tokens.length; index += 1) if (known[index] !== tokens[index]) return false;
  return true;
}

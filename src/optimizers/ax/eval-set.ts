import rfc8785 from 'canonicalize';

// Its types describe an ES module with a default; what Node imports is the function itself.
const canonicalize = rfc8785 as unknown as typeof rfc8785.default;

/**
 * A name for the examples that full scores are made on, the same for the same examples in any order: SHA-256 of their RFC 8785
 * texts, sorted, a line each. `undefined` where one has no JSON form or the platform offers no digest.
 */
export async function evalSetHash(examples: readonly unknown[]): Promise<string | undefined> {
  try {
    const texts = examples.map((example) => canonicalize(example));
    if (texts.length === 0 || texts.includes(undefined)) return undefined;
    const text = texts.sort().join('\n');
    const digest = await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    return `sha256:${[...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  } catch {
    return undefined;
  }
}

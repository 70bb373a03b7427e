import type { StoredSecret } from '../../store/keys.js';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PREFIX_LETTERS = 8;
const SECRET_BYTES = 32;

/**
 * A new secret: `optrail_`, eight letters and digits that identify it, `_`, and 256 random bits as base64url. It is made here and not in the
 * database, so that no statement and no statement log holds it.
 */
export function newSecret(): string {
  return `${newPrefix()}_${base64url(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)))}`;
}

/** The stored form of a secret. The hash needs no salt and no work factor: 256 random bits cannot be guessed. */
export async function storedSecret(secret: string): Promise<StoredSecret> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret));
  return { prefix: secret.slice(0, 'optrail_'.length + PREFIX_LETTERS), hash: new Uint8Array(hash) };
}

function newPrefix(): string {
  let letters = '';
  while (letters.length < PREFIX_LETTERS) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    // 248 is the last multiple of 62 in a byte: values above would make the first letters likelier.
    if (byte < 248) letters += LETTERS[byte % LETTERS.length];
  }
  return `optrail_${letters}`;
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

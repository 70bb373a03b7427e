import { createHash } from 'node:crypto';

const FORM = /^optrail_[0-9A-Za-z]{8}_[0-9A-Za-z_-]{43}$/;

/** Whether a credential has the prefix of API keys; tokens do not. */
export function looksLikeKey(credential: string): boolean {
  return credential.startsWith('optrail_');
}

/** Whether a credential has the form of an API key. Any other form is refused without a query. */
export function canBeKey(credential: string): boolean {
  return FORM.test(credential);
}

/**
 * SHA-256 of the secret in hexadecimal: the key of the cache and of the lookup. Comparing hashes needs no constant time, since a caller
 * cannot choose the hash without knowing the secret.
 */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

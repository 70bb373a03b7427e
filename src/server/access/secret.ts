import { createHash } from 'node:crypto';

const FORM = /^optrail_[0-9A-Za-z]{8}_[0-9A-Za-z_-]{43}$/;

/** Whether a credential claims to be an API key, and no token. */
export function looksLikeKey(credential: string): boolean {
  return credential.startsWith('optrail_');
}

/** Whether it can be one: what has another form is in no database, and need not be asked of it. */
export function canBeKey(credential: string): boolean {
  return FORM.test(credential);
}

/**
 * What a key is remembered and looked up by. Who compares hashes gives nothing away by the time it takes: to steer the hash one would
 * have to know the secret.
 */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

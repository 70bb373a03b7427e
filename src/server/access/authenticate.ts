import type { ConnectionInfo } from '../env.js';
import { hostName, isLoopback } from '../http/loopback.js';
import type { Caller } from '../port.js';
import type { ApiKeyCache } from './api-key-cache.js';
import { badCredentials, foreign, noCredentials } from './refusals.js';
import { canBeKey, hashOf, looksLikeKey } from './secret.js';
import { networkOf, type TokenBucket } from './token-bucket.js';
import type { TokenReader } from './tokens.js';

export interface Authentication {
  /** Whether a request without credentials acts as the user of this machine. */
  open: boolean;
  keys: ApiKeyCache;
  tokens: TokenReader | null;
  /** Rate limit per caller; null for no limit. */
  calls: TokenBucket | null;
  /** Rate limit of failed attempts per address. */
  failures: TokenBucket | null;
}

/** Authenticates a request and counts it. Rejects with `unauthenticated`, `forbidden` or `rate_limited`. */
export async function authenticate(request: Request, info: ConnectionInfo, access: Authentication): Promise<Caller> {
  const header = request.headers.get('authorization');
  if (header === null) return local(request, info, access);
  const credential = bearerOf(header);
  const address = addressOf(info);
  try {
    if (credential === undefined) throw badCredentials('The Authorization header is not `Bearer <API key or token>`.');
    const caller = looksLikeKey(credential) ? await byKey(credential, address, access) : await byToken(credential, access);
    access.calls?.take(nameOf(caller, credential));
    return caller;
  } catch (error) {
    if (isRefusal(error, 401)) countFailure(info, access);
    throw error;
  }
}

/** The bearer token of an Authorization header, or undefined. */
export function bearerOf(header: string): string | undefined {
  return /^Bearer +([^\s,]+)$/i.exec(header.trim())?.[1];
}

/** Counts a failed attempt. Rejects with `rate_limited` if there were too many from one address. */
export function countFailure(info: ConnectionInfo, { failures }: Authentication): void {
  failures?.take(addressOf(info) ?? 'somewhere');
}

function addressOf({ remoteAddress }: ConnectionInfo): string | null {
  return remoteAddress === undefined ? null : networkOf(remoteAddress);
}

/** The user of this machine: only on an open server that is called by a loopback name from a loopback address. */
export function local({ headers, url }: Request, { remoteAddress }: ConnectionInfo, { open }: Authentication, hint?: string): Caller {
  if (!open) throw noCredentials(hint);
  // DNS rebinding: a foreign page whose name resolves to this machine calls by that name, and is refused.
  const name = hostName(headers.get('host') ?? new URL(url).host);
  const isHere = remoteAddress === undefined || isLoopback(remoteAddress);
  if (name === null || !isLoopback(name) || !isHere) {
    throw foreign('Without a key this server is for the user of its own machine.', 'Call it as localhost, or send an API key.');
  }
  return { kind: 'local' };
}

async function byKey(secret: string, address: string | null, { keys, failures }: Authentication): Promise<Caller> {
  const unknown = 'The API key is wrong, expired or revoked.';
  if (!canBeKey(secret)) throw badCredentials(unknown, 'A key has the form optrail_<8 characters>_<43 characters>.');
  // Failed attempts are rate-limited per address before we query. Known-good keys skip the limit, so one attacker behind a NAT cannot
  // lock others out; without an address the limit would hold up every caller.
  const hash = hashOf(secret);
  if (address !== null && !keys.knows(hash)) failures?.check(address);
  const caller = await keys.find(hash);
  if (caller === null) throw badCredentials(unknown, 'List the keys with `optrail keys list <project>`.');
  return caller;
}

async function byToken(token: string, { tokens }: Authentication): Promise<Caller> {
  if (tokens === null) {
    throw badCredentials(
      'This server does not take tokens, only API keys.',
      'Set OPTRAIL_JWT_SECRET or OPTRAIL_JWKS_URL on the server to take tokens.',
    );
  }
  return { kind: 'token', claims: await tokens(token) };
}

/** The name of a caller's bucket. A token without a user has one of its own: its bearers must not share the bucket of all others. */
function nameOf(caller: Caller, credential: string): string {
  if (caller.kind === 'key') return `key ${caller.keyId}`;
  const sub = caller.kind === 'token' ? caller.claims.sub : undefined;
  return sub === undefined ? `token ${hashOf(credential)}` : `user ${sub}`;
}

function isRefusal(error: unknown, status: number): boolean {
  return error instanceof Error && 'status' in error && error.status === status;
}

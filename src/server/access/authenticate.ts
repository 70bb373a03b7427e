import type { ConnectionInfo } from '../env.js';
import type { Caller } from '../port.js';
import type { KeyRing } from './api-key-cache.js';
import { hostName, isLoopback } from './loopback.js';
import { badCredentials, foreign, noCredentials } from './refusals.js';
import { canBeKey, looksLikeKey } from './secret.js';
import { networkOf, type RateLimit } from './token-bucket.js';
import type { TokenReader } from './tokens.js';

export interface Authentication {
  /** Whether whoever sends no credentials is taken for the user of this machine. */
  open: boolean;
  keys: KeyRing;
  tokens: TokenReader | null;
  /** By caller; null for no limit. */
  calls: RateLimit | null;
  /** Of credentials that did not hold, by address. */
  failures: RateLimit | null;
}

/** Says who sent a request, and counts it. Rejects with `unauthenticated`, `forbidden` or `rate_limited`. */
export async function authenticate(request: Request, info: ConnectionInfo, access: Authentication): Promise<Caller> {
  const header = request.headers.get('authorization');
  if (header === null) return local(request, info, access);
  const credential = bearerOf(header);
  const address = addressOf(info);
  try {
    if (credential === undefined) throw badCredentials('The Authorization header is not `Bearer <API key or token>`.');
    const caller = looksLikeKey(credential) ? await byKey(credential, address, access) : await byToken(credential, access);
    access.calls?.take(nameOf(caller));
    return caller;
  } catch (error) {
    if (isRefusal(error, 401)) countFailure(info, access);
    throw error;
  }
}

/** What an Authorization header shows; undefined where it shows no bearer's. */
export function bearerOf(header: string): string | undefined {
  return /^Bearer +([^\s,]+)$/i.exec(header.trim())?.[1];
}

/** Counts credentials that did not hold. Rejects with `rate_limited` where there were too many from one address. */
export function countFailure(info: ConnectionInfo, { failures }: Authentication): void {
  failures?.take(addressOf(info) ?? 'somewhere');
}

function addressOf({ remoteAddress }: ConnectionInfo): string | null {
  return remoteAddress === undefined ? null : networkOf(remoteAddress);
}

/** The user of this machine: of an open server alone, that is called by a name and an address that nobody else can use. */
export function local({ headers, url }: Request, { remoteAddress }: ConnectionInfo, { open }: Authentication, hint?: string): Caller {
  if (!open) throw noCredentials(hint);
  // A page that had its own name resolved to this machine would be of the same origin; it calls by that name.
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
  // Who guesses is not let through to the database; who showed a key that held is, whoever else calls from the same address. Where the
  // platform tells no addresses, one who guesses would hold up all.
  if (address !== null && !keys.knows(secret)) failures?.check(address);
  const caller = await keys.find(secret);
  if (caller === null) throw badCredentials(unknown, '`npx optrail keys list <project>` says what became of it.');
  return caller;
}

async function byToken(token: string, { tokens }: Authentication): Promise<Caller> {
  if (tokens === null) {
    throw badCredentials(
      'This server takes API keys alone.',
      'For tokens, OPTRAIL_JWT_SECRET or OPTRAIL_JWKS_URL has to be set where it runs.',
    );
  }
  return { kind: 'token', claims: await tokens(token) };
}

function nameOf(caller: Caller): string {
  return caller.kind === 'key' ? `key ${caller.keyId}` : `token ${caller.kind === 'token' ? (caller.claims.sub ?? '') : ''}`;
}

function isRefusal(error: unknown, status: number): boolean {
  return error instanceof Error && 'status' in error && error.status === status;
}

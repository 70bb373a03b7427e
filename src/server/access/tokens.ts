import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { OptrailError } from '../../errors.js';
import { type Claims, ClaimsSchema } from '../../schemas/project.js';
import { isLoopback } from '../http/loopback.js';
import { HttpRefusal } from '../http/problem.js';
import { badCredentials } from './refusals.js';

export interface TokenSettings {
  /** The secret of HS256, at least 32 bytes of UTF-8. */
  jwtSecret?: string | undefined;
  /** URL of the JWKS with the public keys of RS256, ES256 and EdDSA: https, or http on this machine. */
  jwksUrl?: string | undefined;
  /** Required value of `aud`, or one of its values. `jwksUrl` requires this option. */
  audience?: string | undefined;
  /** Required value of `iss`. */
  issuer?: string | undefined;
}

/** Verifies a token and returns its claims. Rejects with `unauthenticated` if it is invalid. */
export type TokenReader = (token: string) => Promise<Claims>;

const SECRET_ALGORITHMS = ['HS256'];
const KEY_SET_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
/** Seconds that two clocks may differ by. */
const CLOCK_TOLERANCE = 30;
/** JWKS cache, in ms: lifetime, pause before a refetch after an unknown key id, request time-out. */
const KEYS = { cacheMaxAge: 600_000, cooldownDuration: 30_000, timeoutDuration: 5_000 };
/** Pause after a failed fetch of the JWKS, in ms. */
const RETRY_AFTER = 5_000;
const MOST_CHARACTERS = 16_384;

/** Makes the verifier of the settings, or returns null if they name neither secret nor JWKS. Rejects with `not_configured`. */
export function tokenReader(settings: TokenSettings): TokenReader | null {
  const { jwtSecret, jwksUrl, audience, issuer } = settings;
  const bySecret = jwtSecret === undefined ? undefined : secretBytes(jwtSecret);
  const byKeySet = jwksUrl === undefined ? undefined : keySet(keySetUrl(jwksUrl));
  if (byKeySet !== undefined && audience === undefined) {
    throw misconfigured(
      'audience',
      'OPTRAIL_JWT_AUDIENCE',
      'is missing: a key set signs tokens for other services too',
      'Set it to what `aud` is in tokens for this server; on Supabase that is authenticated.',
    );
  }
  if (bySecret === undefined && byKeySet === undefined) {
    if (audience === undefined && issuer === undefined) return null;
    throw misconfigured(
      'jwtSecret',
      'OPTRAIL_JWT_SECRET',
      'and OPTRAIL_JWKS_URL are missing, and an audience or issuer is set',
      'Set one of them, or neither audience nor issuer.',
    );
  }
  const options: JWTVerifyOptions = {
    requiredClaims: ['exp'],
    clockTolerance: CLOCK_TOLERANCE,
    ...(audience === undefined ? {} : { audience }),
    ...(issuer === undefined ? {} : { issuer }),
  };
  return async (token) => {
    // Algorithm confusion: a public key must never serve as an HS256 secret, so each algorithm has its own key.
    if (bySecret !== undefined && algorithmOf(token) === 'HS256')
      return claimsOf((await verified(jwtVerify(token, bySecret, { ...options, algorithms: SECRET_ALGORITHMS }))).payload);
    if (byKeySet !== undefined)
      return claimsOf((await verified(jwtVerify(token, byKeySet, { ...options, algorithms: KEY_SET_ALGORITHMS }))).payload);
    throw badCredentials('The token is not signed with an algorithm that this server takes.');
  };
}

/**
 * The claims as they are handed to PostgreSQL. Any role except `anon` becomes `authenticated`; without a `sub`, or as `anon`, the claims
 * are empty and nothing is visible. The claim of API keys is removed.
 */
function claimsOf(payload: JWTPayload): Claims {
  const { optrail_key: _, role, ...claims } = payload;
  if (role === 'anon' || typeof claims.sub !== 'string' || claims.sub === '') return {};
  const parsed = ClaimsSchema.safeParse({ ...claims, role: 'authenticated' });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badCredentials(`Invalid token claims: ${issue?.path.join('.')}: ${issue?.message}`);
}

function algorithmOf(token: string): unknown {
  if (token.length > MOST_CHARACTERS) throw badCredentials(`The token has more than ${MOST_CHARACTERS} characters.`);
  try {
    return decodeProtectedHeader(token).alg;
  } catch (error) {
    throw badCredentials(
      'The Authorization header holds neither an API key nor a token.',
      'Keys begin with optrail_, and tokens are JWTs.',
      error,
    );
  }
}

async function verified<T>(verification: Promise<T>): Promise<T> {
  try {
    return await verification;
  } catch (error) {
    if (error instanceof HttpRefusal) throw error;
    throw badCredentials(reasonOf(error), undefined, error);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.reason === 'missing'
      ? `The token has no claim ${error.claim}.`
      : `The token's claim ${error.claim} is not the one asked for.`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The token is not signed with an algorithm that this server takes.';
  if (error instanceof errors.JWKSNoMatchingKey) return 'The token is signed with a key that the key set does not hold.';
  return 'The token is not valid.';
}

/** Remote JWKS. If the endpoint is down the token is not rejected as invalid; we retry after 5 s. */
function keySet(url: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, KEYS);
  let failedAt = Number.NEGATIVE_INFINITY;
  return async (header, token) => {
    if (keys.jwks() === undefined && performance.now() - failedAt < RETRY_AFTER) throw unreachable();
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      if (error instanceof errors.JOSENotSupported) throw error;
      failedAt = performance.now();
      throw unreachable(error);
    }
  };
}

function unreachable(cause?: unknown): HttpRefusal {
  return new HttpRefusal(503, 'server_error', 'The JWKS of the server cannot be fetched.', {
    retryable: true,
    hint: 'Check that OPTRAIL_JWKS_URL answers with a JSON Web Key Set.',
    cause,
  });
}

function secretBytes(secret: string): Uint8Array {
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length >= 32) return bytes;
  throw misconfigured(
    'jwtSecret',
    'OPTRAIL_JWT_SECRET',
    `has ${bytes.length} bytes, and HS256 needs 32 or more`,
    'Use the whole secret; `openssl rand -base64 48` makes one.',
  );
}

function keySetUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return url;
  throw misconfigured(
    'jwksUrl',
    'OPTRAIL_JWKS_URL',
    'must be an https:// URL',
    'Supabase has it at https://<project>.supabase.co/auth/v1/.well-known/jwks.json.',
  );
}

function misconfigured(option: string, variable: string, what: string, hint: string): OptrailError {
  return new OptrailError('not_configured', `auth.${option} (${variable}) ${what}.`, { path: `auth.${option}`, hint });
}

import { HttpRefusal } from '../http/problem.js';

const HOW_TO_SEND = 'Send `Authorization: Bearer <API key or token>`; `npx optrail keys create <project> --name <name>` makes a key.';

/** 401: no credentials. */
export function noCredentials(hint = HOW_TO_SEND): HttpRefusal {
  return new HttpRefusal(401, 'unauthenticated', 'The request has no Authorization header.', {
    hint,
    headers: { 'www-authenticate': 'Bearer' },
  });
}

/** 401: invalid credentials. The message never repeats them. */
export function badCredentials(message: string, hint?: string, cause?: unknown): HttpRefusal {
  return new HttpRefusal(401, 'unauthenticated', message, {
    hint,
    cause,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
}

export function foreign(message: string, hint: string): HttpRefusal {
  return new HttpRefusal(403, 'forbidden', message, { hint });
}

export function tooManyRequests(waitMs: number): HttpRefusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new HttpRefusal(429, 'rate_limited', 'Too many requests by this key, token or address.', {
    retryable: true,
    hint: `Go on after ${seconds} s. Many rows go in one request, as application/x-ndjson.`,
    headers: { 'retry-after': String(seconds) },
  });
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { OptrailError } from '../../errors.js';
import type { ServerEnv } from '../env.js';
import { type Authentication, bearerOf, countFailure, local } from './authenticate.js';
import { badCredentials } from './refusals.js';

const FEWEST_CHARACTERS = 16;
const HINT = 'Send the metrics token as the bearer: the OPTRAIL_METRICS_TOKEN of the server.';

/**
 * Stands before figures of all projects: lets in the user of this machine, where the server is open, and whoever shows the metrics token. A key
 * or a user's token is for projects, and opens nothing here. Rejects with `not_configured` where the token is none that can be sent.
 */
export function scraperGate(metricsToken: string | undefined, access: Authentication): MiddlewareHandler<ServerEnv> {
  const isShown = metricsToken === undefined ? () => false : sameAs(checked(metricsToken));
  return async (context, next) => {
    const { raw: request } = context.req;
    const header = request.headers.get('authorization');
    const info = context.env ?? {};
    if (header === null) context.set('caller', local(request, info, access, HINT));
    else if (!isShown(bearerOf(header) ?? '')) {
      countFailure(info, access);
      throw badCredentials('The Authorization header is not the metrics token.', HINT);
    }
    await next();
  };
}

/** Compares in constant time: the duration tells neither the first difference nor the length of the secret. */
function sameAs(secret: string): (shown: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const wanted = digest(secret);
  return (shown) => timingSafeEqual(digest(shown), wanted);
}

function checked(token: string): string {
  const refused = (what: string, hint: string) =>
    new OptrailError('not_configured', `metricsToken (OPTRAIL_METRICS_TOKEN) ${what}.`, { path: 'metricsToken', hint });
  if (token.length < FEWEST_CHARACTERS) {
    throw refused(`has ${token.length} characters, and needs ${FEWEST_CHARACTERS} or more`, '`openssl rand -hex 32` makes one.');
  }
  // A header cannot carry any other form: every request would be refused.
  if (!/^[\x21-\x2b\x2d-\x7e]+$/.test(token)) {
    throw refused('holds a space, a comma or a character that is not ASCII', '`openssl rand -hex 32` makes one without.');
  }
  return token;
}

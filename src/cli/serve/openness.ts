import { readTokenSettings } from '../../config.js';
import { OptrailError } from '../../errors.js';
import { isLoopback } from '../../server/http/loopback.js';
import type { OptrailServer } from '../../server.js';
import type { Context } from '../context.js';

/**
 * Whether whoever uses this machine needs no key: by default of an embedded database, which is theirs to read anyway, and on an address that
 * nobody else reaches. Rejects with `invalid_input` where somebody asks for it elsewhere.
 */
export function isOpen(host: string, wanted: boolean | undefined, { target }: Context): boolean {
  const isPrivate = isLoopback(host);
  if (wanted === true && !isPrivate) {
    throw new OptrailError('invalid_input', `--open would let everybody in who can reach ${host}.`, {
      path: '--open',
      hint: 'Leave out --open, or --host.',
    });
  }
  return wanted ?? (isPrivate && target.kind === 'embedded');
}

/** Rejects with `invalid_input` where others can reach the address and nothing says whom of them to let in. */
export async function assertGuarded(server: OptrailServer, host: string, { shell }: Context): Promise<void> {
  if (isLoopback(host)) return;
  const { jwtSecret, jwksUrl } = readTokenSettings(shell.environment);
  if (jwtSecret !== undefined || jwksUrl !== undefined || (await server.hasKeys())) return;
  throw new OptrailError('invalid_input', `Others can reach ${host}, and there is no API key and no token to tell them apart by.`, {
    path: '--host',
    hint: 'Make a key first (`npx optrail keys create <project> --name <name>`), or set OPTRAIL_JWT_SECRET or OPTRAIL_JWKS_URL; or leave out --host.',
  });
}

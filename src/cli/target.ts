import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Environment, maskUrl, postgresUrl, readApiKey, readSettings } from '../config.js';
import { isOptrailError, OptrailError } from '../errors.js';
import { serverUrl } from '../schemas/server-url.js';

/** The database of one command. */
export type CliTarget =
  | { readonly kind: 'server'; readonly url: string; readonly apiKey?: string | undefined }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'embedded'; readonly directory: string };

/** What `--db` names, a server, a `postgresql://` URL or a directory; without it, what the environment says. */
export function targetOf(db: string | undefined, environment: Environment): CliTarget {
  if (db === undefined) return readSettings(environment).target;
  if (db.trim() === '')
    throw new OptrailError('invalid_input', '--db is empty.', {
      path: '--db',
      hint: 'Name a directory, a postgresql:// URL, or the http:// URL of a server.',
    });
  // The key comes by the environment alone: what stands on a command line, every user of the machine can read.
  if (/^https?:/i.test(db)) return { kind: 'server', url: urlOf(db, serverUrl), apiKey: readApiKey(environment) };
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(db) || db.startsWith('postgres:')) return { kind: 'postgres', url: urlOf(db, postgresUrl) };
  return { kind: 'embedded', directory: resolve(db) };
}

function urlOf(db: string, checked: (url: string, source: string) => string): string {
  try {
    return checked(db, '--db');
  } catch (error) {
    if (!isOptrailError(error)) throw error;
    throw new OptrailError('invalid_input', error.message, { path: '--db', hint: error.hint });
  }
}

export function describeTarget(target: CliTarget): string {
  if (target.kind === 'server') return target.url;
  return target.kind === 'postgres' ? maskUrl(target.url) : target.directory;
}

/** Whether the target is an embedded database that nobody has made yet: reading must not make one. */
export function isAbsent(target: CliTarget): boolean {
  return target.kind === 'embedded' && !existsSync(join(target.directory, 'data', 'PG_VERSION'));
}

/** Rejects a directory that holds something else: a database and its `.gitignore` would land among somebody's files. */
export function assertUsable(target: CliTarget): void {
  if (target.kind !== 'embedded' || !isAbsent(target) || !existsSync(target.directory)) return;
  const names = readdirSync(target.directory);
  // A lock says that the making of our own database was interrupted there.
  if (names.some((name) => /^lock\.\d+$/.test(name))) return;
  const stranger = names.find((name) => name !== '.gitignore' && name !== 'journal');
  if (stranger === undefined) return;
  throw new OptrailError('not_configured', `${target.directory} is no Optrail database, and not empty (${stranger}).`, {
    hint: `Use a directory of its own, like --db ${join(target.directory, '.optrail')}.`,
  });
}

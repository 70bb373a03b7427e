import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import type { Major } from './postgres.js';
import { asSuperuser, databaseUrl } from './sql.js';
import { TEMPLATE } from './templates.js';

/**
 * The URL of a new database on the test run's own server: empty, or a copy of the one with all migrations.
 * It goes when the server goes.
 */
export async function freshDatabase(major: Major, options: { migrated?: boolean } = {}): Promise<string> {
  const server = inject('postgres')[major];
  if (server === undefined) throw new Error(`no PostgreSQL ${major} was started`);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(server, `create database ${name} template ${options.migrated ? TEMPLATE : 'template0'}`);
  return databaseUrl(server, name);
}

/** A new directory with a copy of the embedded database that has all migrations. Whoever asks removes it. */
export function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'optrail-embedded-'));
  cpSync(inject('embedded'), directory, { recursive: true });
  return directory;
}

/** A new empty directory, removed when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'optrail-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

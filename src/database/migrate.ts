import { isOptrailError, OptrailError } from '../errors.js';
import type { Migration } from './migration.js';
import { MIGRATIONS } from './migrations.generated.js';
import { type Database, TRUSTED, type Transaction } from './port.js';
import { setAside } from './set-aside.js';

export type { Migration } from './migration.js';

export interface InstalledMigration {
  name: string;
  sha256: string;
  /** ISO time in UTC, by the database's clock. */
  appliedAt: string;
}

export interface MigrationMismatch {
  name: string;
  /** The hash in the database. */
  installed: string;
  /** The hash of this package's file, or null where this package has no such file. */
  expected: string | null;
}

export interface MigrationStatus {
  installed: InstalledMigration[];
  /** Names of migrations that the database does not have. */
  pending: string[];
  mismatch: MigrationMismatch[];
}

export interface MigrateResult {
  applied: string[];
  unchanged: string[];
  /** The schema that now holds the former tables. */
  setAside?: string;
}

const MIGRATE_COMMAND = 'npx optrail migrate';

/**
 * SHA-256 of the oldest released 001. A database that has it is brought up to date by 002 and the files after it. Any later 001
 * already holds the changes of the files that were there when it was made, and lists them in the ledger.
 */
const OLDEST_001 = 'acc8bc17a4dad668f71344a28e6ba0ce71e183c572b9bcb71421ce164531d788';

/** Compares the migrations that the database has with those of this package. Changes nothing. */
export async function migrationStatus(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<MigrationStatus> {
  const installed = await readLedger(database);
  const names = new Set(installed.map(({ name }) => name));
  return {
    installed,
    pending: migrations.map(({ name }) => name).filter((name) => !names.has(name)),
    mismatch: mismatchesIn(installed, migrations),
  };
}

type LedgerLine = Pick<InstalledMigration, 'name' | 'sha256'>;

function mismatchesIn(installed: readonly LedgerLine[], migrations: readonly Migration[]): MigrationMismatch[] {
  const expected = new Map(migrations.map(({ name, sha256 }) => [name, sha256]));
  const [first, second] = migrations;
  // The text of 001 grows with each migration. With a known 002 beside it, it is one of ours, whichever version made it.
  const isOneOfOurs001 = ({ name, sha256 }: LedgerLine) =>
    name === first?.name &&
    (sha256 === OLDEST_001 || installed.some((line) => line.name === second?.name && line.sha256 === second.sha256));
  return installed
    .filter((line) => expected.get(line.name) !== line.sha256 && !isOneOfOurs001(line))
    .map(({ name, sha256 }) => ({ name, installed: sha256, expected: expected.get(name) ?? null }));
}

/**
 * Brings the database up to this package's schema. On one that is there already it changes nothing; several at once are safe.
 * Rejects with `schema_mismatch` on a schema made by other files, unless `recreate` sets that one aside, data and all.
 */
export async function migrate(
  database: Database,
  options: { recreate?: boolean | undefined } = {},
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<MigrateResult> {
  let status = await migrationStatus(database, migrations);
  let aside: string | undefined;
  if (status.mismatch.length > 0) {
    if (!options.recreate) throw mismatchError(status, `${MIGRATE_COMMAND} --recreate`);
    aside = await setAside(database, (transaction) => isForeign(transaction, migrations));
    status = await migrationStatus(database, migrations);
  }
  const pending = migrations.filter(({ name }) => status.pending.includes(name));
  // On an empty database the first file holds the changes of all others, which then change nothing.
  for (const { sql } of pending) await database.script(sql);
  return {
    applied: pending.map(({ name }) => name),
    unchanged: status.installed.map(({ name }) => name),
    ...(aside === undefined ? {} : { setAside: aside }),
  };
}

/**
 * Makes sure, with one statement, that the database holds this package's schema.
 * Rejects with `schema_missing` or `schema_mismatch`; the hint names the command.
 */
export async function assertSchema(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const status = await migrationStatus(database, migrations);
  if (status.mismatch.length > 0) throw mismatchError(status, `${MIGRATE_COMMAND} --recreate`);
  if (status.pending.length > 0) {
    throw status.installed.length === 0
      ? new OptrailError('schema_missing', `${database.target} holds no Optrail schema.`, { hint: `Run \`${MIGRATE_COMMAND}\`.` })
      : new OptrailError('schema_mismatch', `${database.target} lacks ${status.pending.join(', ')}.`, {
          hint: `Run \`${MIGRATE_COMMAND}\`.`,
        });
  }
}

const LEDGER = { text: 'select name, sha256, applied_at from optrail.migrations order by name' };

/** Whether there is a ledger, and a line in it that is not one of ours. */
async function isForeign(transaction: Transaction, migrations: readonly Migration[]): Promise<boolean> {
  const [present] = await transaction.query({ text: "select 1 from pg_tables where schemaname = 'optrail' and tablename = 'migrations'" });
  if (present === undefined) return false;
  const installed = await transaction.query<{ name: string; sha256: string }>(LEDGER);
  return mismatchesIn(installed, migrations).length > 0;
}

async function readLedger(database: Database): Promise<InstalledMigration[]> {
  try {
    const rows = await database.query<{ name: string; sha256: string; applied_at: string }>(TRUSTED, LEDGER);
    return rows.map(({ name, sha256, applied_at }) => ({ name, sha256, appliedAt: applied_at }));
  } catch (error) {
    if (isOptrailError(error) && error.code === 'schema_missing') return [];
    throw error;
  }
}

function mismatchError({ mismatch }: MigrationStatus, command: string): OptrailError {
  const unknown = mismatch.find(({ expected }) => expected === null);
  if (unknown !== undefined) {
    return new OptrailError('schema_mismatch', `The database has ${unknown.name}: a newer version of Optrail made its schema.`, {
      hint: `Update the optrail package to the version that brought ${unknown.name}.`,
    });
  }
  const names = mismatch.map(({ name }) => name).join(', ');
  return new OptrailError('schema_mismatch', `The database was made by another version of ${names}.`, {
    hint: `Run \`${command}\`: it sets the present schema aside under another name, keeps its data, and makes the new one.`,
  });
}

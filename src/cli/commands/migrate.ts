import type { Command } from 'commander';
import { openTarget } from '../../client/open/lazy-connection.js';
import { type DatabaseTarget, databaseTargetOf } from '../../client/open/target.js';
import { openUpgraded, type Upgraded } from '../../database/embedded/upgrade.js';
import { type MigrateResult, migrate, migrationStatus } from '../../database/migrate.js';
import { MIGRATIONS } from '../../database/migrations.generated.js';
import { countTenants } from '../../database/set-aside.js';
import type { Context } from '../context.js';
import type { Column } from '../format/columns.js';
import { age } from '../format/figures.js';
import type { Runner } from '../runner.js';
import { assertUsable, isAbsent } from '../target.js';

export function addMigrate(program: Command, run: Runner): void {
  const command = program
    .command('migrate')
    .description('bring the database up to the schema of this version; where it is there already, nothing changes')
    .option(
      '--recreate',
      'if a schema of another product version is in the way, set it aside under another name with its data, and make this one',
    )
    .option('--yes', 'with --recreate: do it, and do not only say what it would set aside')
    .addHelpText('after', '\nExamples:\n  OPTRAIL_DATABASE_URL=postgresql://... optrail migrate\n  optrail migrate status')
    .action(run(apply));
  command.command('status').description('which migrations the database has, and which it lacks; changes nothing').action(run(status));
}

async function apply(context: Context, { recreate, yes }: { recreate?: true; yes?: true }): Promise<void> {
  const { output, target } = context;
  assertUsable(target);
  if (isAbsent(target)) output.progress('making the database, which takes some seconds once');
  const at = databaseTargetOf(target);
  if (recreate === true && yes !== true) return previewRecreate(context, at);
  const result = at.kind === 'embedded' && recreate !== true ? await upgradeEmbedded(at) : await migrateAt(at, recreate);
  const rows = [
    ...result.applied.map((name) => ({ name, change: 'applied' })),
    ...result.unchanged.map((name) => ({ name, change: 'unchanged' })),
  ];
  if (output.forPeople) await output.lines(sentences(result));
  else await output.list(CHANGES, rows, result);
}

type Result = MigrateResult & { copy?: string };

async function migrateAt(target: DatabaseTarget, recreate: true | undefined): Promise<Result> {
  const database = await openTarget(target);
  try {
    return await migrate(database, { recreate });
  } finally {
    await database.close();
  }
}

async function upgradeEmbedded(target: Extract<DatabaseTarget, { kind: 'embedded' }>): Promise<Result> {
  let upgrade: Upgraded | undefined;
  const database = await openUpgraded(target, (made) => {
    upgrade = made;
  });
  try {
    const { installed } = await migrationStatus(database);
    const applied = [...(upgrade?.applied ?? [])];
    const unchanged = installed.map(({ name }) => name).filter((name) => !applied.includes(name));
    const copy = upgrade?.copy ?? null;
    return { applied, unchanged, ...(copy === null ? {} : { copy }) };
  } finally {
    await database.close();
  }
}

async function previewRecreate(context: Context, target: DatabaseTarget): Promise<void> {
  const { output, typed } = context;
  const database = await openTarget(target);
  try {
    const { mismatch, installed } = await migrationStatus(database);
    if (mismatch.length === 0) {
      await output.lines([
        installed.length === 0
          ? `There is no schema to set aside: ${typed('migrate')} installs this version's.`
          : `Nothing to set aside: ${typed('migrate')} brings this schema up to date and keeps every row.`,
      ]);
      return;
    }
    const held = await countTenants(database);
    await output.lines([
      `This would set aside the schema of ${mismatch.map(({ name }) => name).join(', ')} with its ${held.projects} projects and ${held.runs} runs, under the name optrail_old_<time>, and install an empty one.`,
      `Nothing was changed: ${typed('migrate --recreate --yes')} does it.`,
    ]);
  } finally {
    await database.close();
  }
}

const CHANGES: readonly Column<{ name: string; change: string }>[] = [
  { key: 'name', title: 'Migration', value: ({ name }) => name },
  { key: 'change', title: 'Change', value: ({ change }) => change },
];

function sentences({ applied, setAside, copy }: Result): string[] {
  return [
    ...(copy === undefined ? [] : [`The data as it was is in ${copy}. To go back, put it in place of the folder data.`]),
    ...(setAside === undefined ? [] : [`The schema that was there is now ${setAside}, with its data.`]),
    ...(applied.length === 0 ? ['Nothing to do: the schema is up to date.'] : applied.map((name) => `Applied ${name}.`)),
  ];
}

interface StatusRow {
  name: string;
  state: 'installed' | 'pending' | 'differs' | 'unknown here';
  appliedAt: string | null;
}

const STATES: readonly Column<StatusRow>[] = [
  { key: 'name', title: 'MIGRATION', value: ({ name }) => name },
  {
    key: 'state',
    title: 'STATE',
    value: ({ state }) => state,
    paint: (text, { state }, { colors }) => (state === 'installed' ? colors.green(text) : colors.yellow(text)),
  },
  {
    key: 'appliedAt',
    title: 'APPLIED',
    align: 'right',
    value: ({ appliedAt }) => appliedAt,
    show: ({ appliedAt }, { now }) => age(appliedAt, now),
  },
];

async function status(context: Context): Promise<void> {
  const { output, typed } = context;
  const found = await statusOf(context);
  const differing = new Map(found.mismatch.map((each) => [each.name, each]));
  const rows: StatusRow[] = [
    ...found.installed.map(({ name, appliedAt }): StatusRow => {
      const mismatch = differing.get(name);
      return { name, appliedAt, state: mismatch === undefined ? 'installed' : mismatch.expected === null ? 'unknown here' : 'differs' };
    }),
    ...found.pending.map((name): StatusRow => ({ name, state: 'pending', appliedAt: null })),
  ];
  await output.list(STATES, rows, found);
  if (rows.some(({ state }) => state === 'differs')) output.note(`differs: ${typed('migrate --recreate')} says what it would set aside`);
  else if (found.pending.length > 0) output.note(`pending: ${typed('migrate')} applies it`);
}

async function statusOf({ target }: Context): ReturnType<typeof migrationStatus> {
  if (isAbsent(target)) return { installed: [], pending: MIGRATIONS.map(({ name }) => name), mismatch: [] };
  const database = await openTarget(databaseTargetOf(target));
  try {
    return await migrationStatus(database);
  } finally {
    await database.close();
  }
}

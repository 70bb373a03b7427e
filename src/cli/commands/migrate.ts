import type { Command } from 'commander';
import { openTarget } from '../../client/open/lazy-connection.js';
import { databaseTargetOf } from '../../client/open/target.js';
import { type MigrateResult, migrate, migrationStatus } from '../../database/migrate.js';
import { MIGRATIONS } from '../../database/migrations.generated.js';
import type { Context } from '../context.js';
import type { Column } from '../format/columns.js';
import { age } from '../format/figures.js';
import type { Runner } from '../runner.js';
import { assertUsable, isAbsent } from '../target.js';

export function addMigrate(program: Command, run: Runner): void {
  const command = program
    .command('migrate')
    .description('bring the database up to the schema of this version; where it is there already, nothing changes')
    .option('--recreate', 'where another schema is in the way, set it aside under another name, data and all, and make this one')
    .addHelpText('after', '\nExamples:\n  OPTRAIL_DATABASE_URL=postgresql://... optrail migrate\n  optrail migrate status')
    .action(run(apply));
  command.command('status').description('which migrations the database has, and which it lacks; changes nothing').action(run(status));
}

async function apply(context: Context, { recreate }: { recreate?: true }): Promise<void> {
  const { output, target } = context;
  assertUsable(target);
  if (isAbsent(target)) output.progress('making the database, which takes some seconds once');
  const database = await openTarget(databaseTargetOf(target));
  try {
    const result = await migrate(database, { recreate });
    const rows = [
      ...result.applied.map((name) => ({ name, change: 'applied' })),
      ...result.unchanged.map((name) => ({ name, change: 'unchanged' })),
    ];
    if (output.forPeople) await output.lines(sentences(result));
    else await output.list(CHANGES, rows, result);
  } finally {
    await database.close();
  }
}

const CHANGES: readonly Column<{ name: string; change: string }>[] = [
  { key: 'name', title: 'Migration', value: ({ name }) => name },
  { key: 'change', title: 'Change', value: ({ change }) => change },
];

function sentences({ applied, setAside }: MigrateResult): string[] {
  return [
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
  if (rows.some(({ state }) => state === 'differs'))
    output.note(`differs: ${typed('migrate --recreate')} sets the present schema aside, with its data, and makes this version's`);
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

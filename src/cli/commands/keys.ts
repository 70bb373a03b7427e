import { type Command, Option } from 'commander';
import { OptrailError } from '../../errors.js';
import { type ApiKey, type ApiKeyScope, ApiKeyScopeSchema, type CreatedApiKey } from '../../schemas/key.js';
import { withConfirmation } from '../confirm.js';
import { type Context, quoted } from '../context.js';
import type { Column } from '../format/columns.js';
import { plainLine } from '../format/plain.js';
import { period } from '../options.js';
import type { Runner } from '../runner.js';
import { KEY_COLUMNS } from '../views/keys.js';
import { existing } from './projects.js';

const CREATED_COLUMNS: readonly Column<CreatedApiKey>[] = [
  ...KEY_COLUMNS,
  { key: 'secret', title: 'SECRET', value: ({ secret }) => secret },
];

export function addKeys(program: Command, run: Runner): void {
  const keys = program
    .command('keys')
    .description('API keys of a project, for programs that talk to `optrail serve`')
    .addHelpText(
      'after',
      '\nExamples:\n  optrail keys create support --name ci --expires-in 90d\n  optrail keys list support\n  optrail keys revoke support optrail_4kZ0aB1x --yes',
    );
  keys
    .command('create <project>')
    .description('make a key; its secret goes to stdout, this once')
    .requiredOption('--name <name>', 'who or what uses it')
    .addOption(
      new Option('--scope <scope>', 'read looks, write records too, admin manages too').choices(ApiKeyScopeSchema.options).default('write'),
    )
    .option('--expires-in <period>', 'when it ends, like 90d; without it, never', period)
    .action(run(create));
  keys.command('list <project>').description('the keys of a project, revoked ones too; secrets are kept nowhere').action(run(list));
  keys
    .command('revoke <project> <key>')
    .description('end a key, named by its id or prefix; without --yes, say which that is')
    .option('--yes', 'do it')
    .action(run(revoke));
}

interface CreateOptions {
  name: string;
  scope: ApiKeyScope;
  expiresIn?: number;
}

async function create(context: Context, { name, scope, expiresIn }: CreateOptions, projectId: string): Promise<void> {
  await existing(context, projectId);
  const { client, output, signal } = context;
  const expiresAt = expiresIn === undefined ? null : new Date(Date.now() + expiresIn);
  const key = await client.createApiKey(projectId, { name, scope, expiresAt }, { signal });
  if (output.forPeople) await output.data(`${key.secret}\n`);
  else await output.list(CREATED_COLUMNS, [key], key);
  const end = key.expiresAt === null ? 'without an end' : `until ${key.expiresAt}`;
  output.note(`${key.prefix} may ${scope} in ${plainLine(projectId)}, ${end}. Its secret is shown this once: keep it now.`);
}

async function list(context: Context, _: object, projectId: string): Promise<void> {
  const { output, reader, signal, typed } = context;
  await existing(context, projectId);
  const keys = await reader.listApiKeys(projectId, { signal });
  await output.list(KEY_COLUMNS, keys);
  if (keys.length === 0) output.note(`The project has no keys: ${typed(`keys create ${quoted(projectId)} --name <name>`)} makes one.`);
}

async function revoke(context: Context, { yes }: { yes?: true }, projectId: string, text: string): Promise<void> {
  await existing(context, projectId);
  const { client, output, signal, typed } = context;
  const found = keysNamed(await client.listApiKeys(projectId, { signal }), text);
  const [key, other] = found;
  if (key === undefined) {
    throw new OptrailError('not_found', `The project ${plainLine(projectId)} has no key ${plainLine(text)}.`, {
      hint: `${typed(`keys list ${quoted(projectId)}`)} shows those that it has.`,
    });
  }
  if (other !== undefined) {
    throw new OptrailError('ambiguous_id', `${found.length} keys begin with ${plainLine(text)}: ${found.map(({ id }) => id).join(', ')}.`, {
      hint: 'Name the whole id.',
    });
  }
  if (key.revokedAt !== null) return output.note(`${key.prefix} was revoked at ${key.revokedAt} already.`);
  const what = `${key.prefix}, the ${key.scope} key "${plainLine(key.name)}" of ${plainLine(projectId)}`;
  await withConfirmation(context, yes, {
    command: `keys revoke ${quoted(projectId)} ${key.id}`,
    plan: { projectId, keyId: key.id, prefix: key.prefix, name: key.name, lastUsedAt: key.lastUsedAt },
    preview: `This would end ${what}. It was last used ${key.lastUsedAt === null ? 'never' : `at ${key.lastUsedAt}`}.`,
    done: `Revoked ${what}.`,
    act: () => client.revokeApiKey(projectId, key.id, { signal }),
  });
}

/** Keys by an id, or by the beginning of an id or prefix of four characters or more; a whole secret names its key too. */
function keysNamed(keys: readonly ApiKey[], text: string): ApiKey[] {
  const id = text.toLowerCase();
  const exact = keys.filter((key) => key.id === id || text === key.prefix || text.startsWith(`${key.prefix}_`));
  if (exact.length > 0 || text.length < 4) return exact;
  return keys.filter((key) => key.id.startsWith(id) || key.prefix.startsWith(text) || key.prefix.startsWith(`optrail_${text}`));
}

import { type Command, Option } from 'commander';
import { OptrailError } from '../../errors.js';
import { type ProjectMember, type ProjectRole, ProjectRoleSchema } from '../../schemas/project.js';
import { withConfirmation } from '../confirm.js';
import { type Context, quoted } from '../context.js';
import type { Column } from '../format/columns.js';
import { age } from '../format/figures.js';
import { plainLine } from '../format/plain.js';
import type { Runner } from '../runner.js';
import { existing } from './projects.js';

const COLUMNS: readonly Column<ProjectMember>[] = [
  { key: 'userId', title: 'USER', value: ({ userId }) => userId, paint: (text, _, { colors }) => colors.cyan(text) },
  { key: 'role', title: 'ROLE', value: ({ role }) => role },
  {
    key: 'createdAt',
    title: 'SINCE',
    align: 'right',
    value: ({ createdAt }) => createdAt,
    show: ({ createdAt }, { now }) => age(createdAt, now),
  },
];

export function addMembers(program: Command, run: Runner): void {
  const members = program
    .command('members')
    .description('who belongs to a project: users by the sub of their token')
    .addHelpText(
      'after',
      '\nExamples:\n  optrail members add support 7c9e6679-7425-40de-944b-e07fc1f90ae7 --role editor\n  optrail members list support',
    );
  members.command('list <project>').description('the members of a project, with their roles').action(run(list));
  members
    .command('add <project> <user>')
    .description('make a user a member, or give a member another role')
    .addOption(
      new Option('--role <role>', 'viewer looks, editor records too, owner manages too')
        .choices(ProjectRoleSchema.options)
        .default('viewer'),
    )
    .action(run(add));
  members
    .command('rm <project> <user>')
    .description('send a member away; without --yes, say who that is')
    .option('--yes', 'do it')
    .action(run(remove));
}

async function list(context: Context, _: object, projectId: string): Promise<void> {
  const { output, reader, signal } = context;
  await existing(context, projectId);
  const members = await reader.listProjectMembers(projectId, { signal });
  await output.list(COLUMNS, members);
  if (members.length === 0) output.note('The project has no members: who connects to the database alone sees it.');
}

async function add(context: Context, { role }: { role: ProjectRole }, projectId: string, userId: string): Promise<void> {
  await existing(context, projectId);
  const { client, output, signal } = context;
  const member = await client.setProjectMember(projectId, userId, role, { signal });
  await output.list(COLUMNS, [member], member);
}

async function remove(context: Context, { yes }: { yes?: true }, projectId: string, userId: string): Promise<void> {
  await existing(context, projectId);
  const { client, signal } = context;
  const members = await client.listProjectMembers(projectId, { signal });
  const member = members.find((each) => each.userId === userId);
  if (member === undefined) throw new OptrailError('not_found', `${plainLine(userId)} is no member of ${plainLine(projectId)}.`);
  const isLastOwner = member.role === 'owner' && members.filter(({ role }) => role === 'owner').length === 1;
  const who = `the ${member.role} ${plainLine(userId)} from the project ${plainLine(projectId)}`;
  await withConfirmation(context, yes, {
    command: `members rm ${quoted(projectId)} ${quoted(userId)}`,
    plan: { projectId, userId, role: member.role, isLastOwner },
    preview: `This would remove ${who}${isLastOwner ? ', its last owner' : ''}.`,
    done: `Removed ${who}.`,
    act: () => client.removeProjectMember(projectId, userId, { signal }),
  });
}

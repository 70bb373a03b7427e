import { ENDPOINTS } from '../../client/functions/endpoints.js';
import type { TrailClient } from '../../client/port.js';
import type { ProjectRole } from '../../schemas/project.js';
import { MeSchema } from '../../schemas/wire.js';
import { ok } from '../http/reply.js';
import type { Caller } from '../port.js';
import { route } from '../route.js';
import { VERSION } from '../version.js';

export const meRoutes = [
  route({
    ...ENDPOINTS.whoAmI,
    operation: 'whoAmI',
    tag: 'Server',
    summary: 'Read your identity and roles',
    answers: {
      200: {
        description: 'You.',
        schema: MeSchema,
        example: { kind: 'key', sub: null, projects: { support: 'editor' }, version: '0.1.0' },
      },
    },
    async handle({ caller, client, signal }) {
      return ok({ kind: caller.kind, sub: subOf(caller), projects: await projectsOf(caller, client, signal), version: VERSION });
    },
  }),
];

function subOf(caller: Caller): string | null {
  return caller.kind === 'token' ? (caller.claims.sub ?? null) : null;
}

/** The projects of a token: those of its claims, and those of its user's memberships. */
async function projectsOf(caller: Caller, client: TrailClient, signal: AbortSignal): Promise<Record<string, ProjectRole> | null> {
  if (caller.kind === 'local') return null;
  if (caller.kind === 'key') return { [caller.projectId]: caller.role };
  const roles = new Map<string, ProjectRole>();
  for (const { id } of await client.listProjects({ signal })) {
    const named = caller.claims.optrail_projects?.[id];
    const member = named === undefined ? (await client.listProjectMembers(id, { signal })).find(isUser(caller.claims.sub)) : undefined;
    const role = named ?? member?.role;
    if (role !== undefined) roles.set(id, role);
  }
  return Object.fromEntries(roles);
}

function isUser(sub: string | undefined): (member: { userId: string }) => boolean {
  return ({ userId }) => userId === sub;
}

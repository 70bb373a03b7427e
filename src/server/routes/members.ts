import { validated } from '../../schemas/validate.js';
import { MemberRoleSchema } from '../../schemas/wire.js';
import { ok } from '../http/reply.js';
import { aMember } from '../openapi/examples.js';
import { functionRoute } from './function-route.js';
import { exampleList, GONE } from './shapes.js';

export const memberRoutes = [
  functionRoute('listProjectMembers', {
    tag: 'Members',
    summary: 'List the members of a project',
    answer: { description: 'By user id.', example: exampleList(aMember) },
  }),
  functionRoute<{ projectId: string; userId: string }>('setProjectMember', {
    tag: 'Members',
    summary: 'Make a user a member, or give a member another role',
    body: { schema: MemberRoleSchema, example: { role: 'editor' } },
    answer: { description: 'The member.', example: aMember },
    refusals: ['not_found', 'conflict', 'invalid_input', 'constraint_violation'],
    async handle({ client, params: { projectId, userId }, signal, body }) {
      const { role } = validated(MemberRoleSchema, await body());
      return ok(await client.setProjectMember(projectId, userId, role, { signal }));
    },
  }),
  functionRoute('removeProjectMember', {
    tag: 'Members',
    summary: 'Remove a member',
    answer: GONE,
    noun: 'member',
    refusals: ['not_found', 'conflict', 'constraint_violation'],
  }),
];

import { NameSchema } from '../../schemas/primitives.js';
import { ProjectMemberSchema } from '../../schemas/project.js';
import { validated } from '../../schemas/validate.js';
import { MemberRoleSchema } from '../../schemas/wire.js';
import { list, noContent, ok } from '../http/reply.js';
import { aMember } from '../openapi/examples.js';
import { route } from '../route.js';
import { wasThere } from './absent.js';
import { exampleList, GONE, listOf, ProjectPath } from './shapes.js';

const MemberPath = ProjectPath.extend({ userId: NameSchema });

export const memberRoutes = [
  route({
    method: 'GET',
    path: '/v1/projects/:projectId/members',
    operation: 'listProjectMembers',
    tag: 'Members',
    summary: 'List the members of a project',
    access: 'viewer',
    params: ProjectPath,
    answers: { 200: { description: 'By user id.', schema: listOf(ProjectMemberSchema), example: exampleList(aMember) } },
    handle: async ({ client, params: { projectId }, signal }) => list(await client.listProjectMembers(projectId, { signal })),
  }),
  route({
    method: 'PUT',
    path: '/v1/projects/:projectId/members/:userId',
    operation: 'setProjectMember',
    tag: 'Members',
    summary: 'Make a user a member, or give a member another role',
    access: 'owner',
    params: MemberPath,
    body: { schema: MemberRoleSchema, example: { role: 'editor' } },
    answers: { 200: { description: 'The member.', schema: ProjectMemberSchema, example: aMember } },
    refusals: ['not_found', 'conflict', 'invalid_input', 'constraint_violation'],
    async handle({ client, params: { projectId, userId }, signal, body }) {
      const { role } = validated(MemberRoleSchema, await body());
      return ok(await client.setProjectMember(projectId, userId, role, { signal }));
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/projects/:projectId/members/:userId',
    operation: 'removeProjectMember',
    tag: 'Members',
    summary: 'Remove a member',
    access: 'owner',
    params: MemberPath,
    answers: { 204: GONE },
    refusals: ['not_found', 'conflict', 'constraint_violation'],
    async handle({ client, params: { projectId, userId }, signal }) {
      wasThere(await client.removeProjectMember(projectId, userId, { signal }), 'userId', 'member');
      return noContent;
    },
  }),
];

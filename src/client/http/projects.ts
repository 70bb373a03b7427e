import { ApiKeySchema, CreateApiKeySchema, CreatedApiKeySchema } from '../../schemas/key.js';
import { IdSchema, NameSchema } from '../../schemas/primitives.js';
import {
  CreateProjectSchema,
  OptimizationProjectSchema,
  ProjectMemberSchema,
  ProjectRoleSchema,
  UpdateProjectSchema,
} from '../../schemas/project.js';
import { validated } from '../../schemas/validate.js';
import type { OptimizationClient, ProjectAdministration } from '../port.js';
import { answerOf, listAt, orNull } from './answers.js';
import { at } from './query.js';
import type { Transport } from './transport.js';

const nameOf = (field: string, value: unknown): string => validated(NameSchema, value, [field]);

/** Projects and what an owner does with them, over HTTP. */
export function projectsOver(transport: Transport): ProjectAdministration & Pick<OptimizationClient, 'listProjects'> {
  return {
    async listProjects({ signal } = {}) {
      return listAt(transport, { path: '/v1/projects', signal }, OptimizationProjectSchema);
    },

    async getProject(projectId, { signal } = {}) {
      const read = transport.call({ method: 'GET', path: at`/v1/projects/${nameOf('projectId', projectId)}`, signal });
      return orNull(read.then((answer) => answerOf(OptimizationProjectSchema, answer)));
    },

    async createProject(input, { signal } = {}) {
      const value = validated(CreateProjectSchema, input);
      return answerOf(OptimizationProjectSchema, await transport.call({ method: 'POST', path: '/v1/projects', body: { value }, signal }));
    },

    async updateProject(projectId, changes, { signal } = {}) {
      const path = at`/v1/projects/${nameOf('projectId', projectId)}`;
      const value = validated(UpdateProjectSchema, changes);
      return answerOf(OptimizationProjectSchema, await transport.call({ method: 'PATCH', path, body: { value }, signal }));
    },

    async deleteProject(projectId, { signal } = {}) {
      const path = at`/v1/projects/${nameOf('projectId', projectId)}`;
      return (await orNull(transport.call({ method: 'DELETE', path, signal }))) !== null;
    },

    async listProjectMembers(projectId, { signal } = {}) {
      return listAt(transport, { path: at`/v1/projects/${nameOf('projectId', projectId)}/members`, signal }, ProjectMemberSchema);
    },

    async setProjectMember(projectId, userId, role, { signal } = {}) {
      const path = at`/v1/projects/${nameOf('projectId', projectId)}/members/${nameOf('userId', userId)}`;
      const value = { role: validated(ProjectRoleSchema, role, ['role']) };
      return answerOf(ProjectMemberSchema, await transport.call({ method: 'PUT', path, body: { value }, signal }));
    },

    async removeProjectMember(projectId, userId, { signal } = {}) {
      const path = at`/v1/projects/${nameOf('projectId', projectId)}/members/${nameOf('userId', userId)}`;
      return (await orNull(transport.call({ method: 'DELETE', path, signal }))) !== null;
    },

    async createApiKey(projectId, input, { signal } = {}) {
      const path = at`/v1/projects/${nameOf('projectId', projectId)}/keys`;
      const value = validated(CreateApiKeySchema, input);
      return answerOf(CreatedApiKeySchema, await transport.call({ method: 'POST', path, body: { value }, signal }));
    },

    async listApiKeys(projectId, { signal } = {}) {
      return listAt(transport, { path: at`/v1/projects/${nameOf('projectId', projectId)}/keys`, signal }, ApiKeySchema);
    },

    async revokeApiKey(projectId, keyId, { signal } = {}) {
      const path = at`/v1/projects/${nameOf('projectId', projectId)}/keys/${validated(IdSchema, keyId, ['keyId'])}`;
      return answerOf(ApiKeySchema, await transport.call({ method: 'DELETE', path, signal }));
    },
  };
}

import { CreateApiKeySchema } from '../../schemas/key.js';
import { IdSchema, NameSchema } from '../../schemas/primitives.js';
import { CreateProjectSchema, ProjectRoleSchema, UpdateProjectSchema } from '../../schemas/project.js';
import { validated } from '../../schemas/validate.js';
import * as keys from '../../store/keys.js';
import * as members from '../../store/members.js';
import * as projects from '../../store/projects.js';
import type { Scope } from '../../store/scope.js';
import type { CallOptions, ProjectAdministration } from '../port.js';
import { newSecret, storedSecret } from './secret.js';

/** Runs a call over the database; `again` says that it may be made twice and does the same. */
export type Within = <T>(options: CallOptions, call: (scope: Scope) => Promise<T>, again?: boolean) => Promise<T>;

const nameOf = (field: string, value: unknown): string => validated(NameSchema, value, [field]);

/** What an owner does with a project, over a database. */
export function createAdministration(within: Within): ProjectAdministration {
  return {
    async getProject(projectId, options = {}) {
      const id = nameOf('projectId', projectId);
      return within(options, (scope) => projects.getProject(scope, id));
    },

    async createProject(input, options = {}) {
      const project = validated(CreateProjectSchema, input);
      return within(options, (scope) => projects.createProject(scope, project));
    },

    async updateProject(projectId, changes, options = {}) {
      const id = nameOf('projectId', projectId);
      const valid = validated(UpdateProjectSchema, changes);
      return within(options, (scope) => projects.updateProject(scope, id, valid));
    },

    async deleteProject(projectId, options = {}) {
      const id = nameOf('projectId', projectId);
      // A second time there is nothing to delete, and the answer would be another.
      return within(options, (scope) => projects.deleteProject(scope, id), false);
    },

    async listProjectMembers(projectId, options = {}) {
      const id = nameOf('projectId', projectId);
      return within(options, (scope) => members.listMembers(scope, id));
    },

    async setProjectMember(projectId, userId, role, options = {}) {
      const [project, user] = [nameOf('projectId', projectId), nameOf('userId', userId)];
      const valid = validated(ProjectRoleSchema, role, ['role']);
      return within(options, (scope) => members.setMember(scope, project, user, valid));
    },

    async removeProjectMember(projectId, userId, options = {}) {
      const [project, user] = [nameOf('projectId', projectId), nameOf('userId', userId)];
      return within(options, (scope) => members.removeMember(scope, project, user), false);
    },

    async createApiKey(projectId, input, options = {}) {
      const id = nameOf('projectId', projectId);
      const valid = validated(CreateApiKeySchema, input);
      const secret = newSecret();
      const stored = await storedSecret(secret);
      // A second time the hash is taken, by the first.
      const key = await within(options, (scope) => keys.createKey(scope, id, valid, stored), false);
      return { ...key, secret };
    },

    async listApiKeys(projectId, options = {}) {
      const id = nameOf('projectId', projectId);
      return within(options, (scope) => keys.listKeys(scope, id));
    },

    async revokeApiKey(projectId, keyId, options = {}) {
      const project = nameOf('projectId', projectId);
      const id = validated(IdSchema, keyId, ['keyId']);
      return within(options, (scope) => keys.revokeKey(scope, project, id));
    },
  };
}

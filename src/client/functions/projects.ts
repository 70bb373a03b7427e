import {
  type ApiKey,
  ApiKeySchema,
  type CreateApiKeyInput,
  CreateApiKeySchema,
  type CreatedApiKey,
  CreatedApiKeySchema,
} from '../../schemas/key.js';
import { IdSchema, NameSchema } from '../../schemas/primitives.js';
import {
  type CreateProjectInput,
  CreateProjectSchema,
  type OptimizationProject,
  OptimizationProjectSchema,
  type ProjectMember,
  ProjectMemberSchema,
  type ProjectRole,
  ProjectRoleSchema,
  type UpdateProjectInput,
  UpdateProjectSchema,
} from '../../schemas/project.js';
import { operation } from './operation.js';
import type { CallOptions } from './options.js';

export interface ProjectFunctions {
  /** Projects that you may see, with their number of runs. */
  listProjects(options?: CallOptions): Promise<OptimizationProject[]>;
}

/** Administration of a project by its owners. */
export interface ProjectAdministration {
  /** The project, or null if none is visible to you. */
  getProject(projectId: string, options?: CallOptions): Promise<OptimizationProject | null>;
  /** Makes a project; one that exists is returned unchanged. Only a trusted caller may (`forbidden`). */
  createProject(input: CreateProjectInput, options?: CallOptions): Promise<OptimizationProject>;
  /** Renames a project. Owners may; rejects with `not_found` or `forbidden`. */
  updateProject(projectId: string, changes: UpdateProjectInput, options?: CallOptions): Promise<OptimizationProject>;
  /** Deletes a project with everything in it. Owners may. Returns false if there was none. */
  deleteProject(projectId: string, options?: CallOptions): Promise<boolean>;
  /** The members of a project by user id. */
  listProjectMembers(projectId: string, options?: CallOptions): Promise<ProjectMember[]>;
  /** Makes a user a member, or gives a member another role. Owners may. */
  setProjectMember(projectId: string, userId: string, role: ProjectRole, options?: CallOptions): Promise<ProjectMember>;
  /** Removes a member. Owners may. Returns false if there was no such member. */
  removeProjectMember(projectId: string, userId: string, options?: CallOptions): Promise<boolean>;
  /** Makes a key, and gives its secret this once. Owners may. */
  createApiKey(projectId: string, input: CreateApiKeyInput, options?: CallOptions): Promise<CreatedApiKey>;
  /** The keys of a project, revoked ones too, the newest first. Owners may. */
  listApiKeys(projectId: string, options?: CallOptions): Promise<ApiKey[]>;
  /** Ends a key at once; one that has ended is returned as it is. Rejects with `not_found`. Owners may. */
  revokeApiKey(projectId: string, keyId: string, options?: CallOptions): Promise<ApiKey>;
}

const PROJECT = '/v1/projects/:projectId';

export const projectOperations = {
  listProjects: operation({
    method: 'GET',
    path: '/v1/projects',
    access: 'caller',
    args: {},
    idempotent: true,
    result: 'list',
    output: OptimizationProjectSchema,
  }),
  getProject: operation({
    method: 'GET',
    path: PROJECT,
    access: 'viewer',
    args: { projectId: NameSchema },
    idempotent: true,
    result: 'row or 404',
    output: OptimizationProjectSchema,
  }),
  createProject: operation({
    method: 'POST',
    path: '/v1/projects',
    access: 'local',
    args: { project: CreateProjectSchema },
    body: 'project',
    idempotent: true,
    result: 'row',
    output: OptimizationProjectSchema,
  }),
  updateProject: operation({
    method: 'PATCH',
    path: PROJECT,
    access: 'owner',
    args: { projectId: NameSchema, changes: UpdateProjectSchema },
    body: 'changes',
    idempotent: true,
    result: 'row',
    output: OptimizationProjectSchema,
  }),
  deleteProject: operation({
    method: 'DELETE',
    path: PROJECT,
    access: 'owner',
    args: { projectId: NameSchema },
    idempotent: false,
    result: 'deleted',
  }),
  listProjectMembers: operation({
    method: 'GET',
    path: `${PROJECT}/members`,
    access: 'viewer',
    args: { projectId: NameSchema },
    idempotent: true,
    result: 'list',
    output: ProjectMemberSchema,
  }),
  setProjectMember: operation({
    method: 'PUT',
    path: `${PROJECT}/members/:userId`,
    access: 'owner',
    args: { projectId: NameSchema, userId: NameSchema, role: ProjectRoleSchema },
    body: 'role',
    wrapped: true,
    idempotent: true,
    result: 'row',
    output: ProjectMemberSchema,
  }),
  removeProjectMember: operation({
    method: 'DELETE',
    path: `${PROJECT}/members/:userId`,
    access: 'owner',
    args: { projectId: NameSchema, userId: NameSchema },
    idempotent: false,
    result: 'deleted',
  }),
  createApiKey: operation({
    method: 'POST',
    path: `${PROJECT}/keys`,
    access: 'owner',
    args: { projectId: NameSchema, key: CreateApiKeySchema },
    body: 'key',
    idempotent: false,
    result: 'row',
    output: CreatedApiKeySchema,
  }),
  listApiKeys: operation({
    method: 'GET',
    path: `${PROJECT}/keys`,
    access: 'owner',
    args: { projectId: NameSchema },
    idempotent: true,
    result: 'list',
    output: ApiKeySchema,
  }),
  revokeApiKey: operation({
    method: 'DELETE',
    path: `${PROJECT}/keys/:keyId`,
    access: 'owner',
    args: { projectId: NameSchema, keyId: IdSchema },
    idempotent: true,
    result: 'row',
    output: ApiKeySchema,
  }),
};

import { queryOptions } from '@tanstack/react-query';
import { ApiKeySchema, type CreateApiKeyInput, CreatedApiKeySchema } from '../../../src/schemas/key.js';
import { type CreateProjectInput, OptimizationProjectSchema, ProjectMemberSchema, type ProjectRole } from '../../../src/schemas/project.js';
import { keys } from './keys.js';
import { get, getAll, segment, send } from './request.js';

const place = (projectId: string) => `/v1/projects/${segment(projectId)}`;

/** How often it is asked whether there is a first project, in milliseconds: no stream tells of what belongs to none. */
const FIRST_PROJECT_MS = 3_000;

export const projectsQuery = queryOptions({
  queryKey: keys.projects,
  queryFn: ({ signal }) => getAll('/v1/projects', OptimizationProjectSchema, { signal }),
  refetchInterval: ({ state }) => (state.data?.length === 0 ? FIRST_PROJECT_MS : false),
});

export const membersQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.members(projectId),
    queryFn: ({ signal }) => getAll(`${place(projectId)}/members`, ProjectMemberSchema, { signal }),
  });

export const apiKeysQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.apiKeys(projectId),
    queryFn: ({ signal }) => getAll(`${place(projectId)}/keys`, ApiKeySchema, { signal }),
  });

export const createProject = (body: CreateProjectInput) => get('/v1/projects', OptimizationProjectSchema, { method: 'POST', body });

export const renameProject = (projectId: string, name: string) =>
  get(place(projectId), OptimizationProjectSchema, { method: 'PATCH', body: { name } });

export const deleteProject = (projectId: string) => send(place(projectId), { method: 'DELETE' });

export const setMember = (projectId: string, userId: string, role: ProjectRole) =>
  get(`${place(projectId)}/members/${segment(userId)}`, ProjectMemberSchema, { method: 'PUT', body: { role } });

export const removeMember = (projectId: string, userId: string) =>
  send(`${place(projectId)}/members/${segment(userId)}`, { method: 'DELETE' });

export const createApiKey = (projectId: string, body: CreateApiKeyInput) =>
  get(`${place(projectId)}/keys`, CreatedApiKeySchema, { method: 'POST', body });

export const revokeApiKey = (projectId: string, keyId: string) =>
  get(`${place(projectId)}/keys/${segment(keyId)}`, ApiKeySchema, { method: 'DELETE' });

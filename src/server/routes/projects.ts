import { CreateProjectSchema, OptimizationProjectSchema, UpdateProjectSchema } from '../../schemas/project.js';
import { created, list, noContent, ok } from '../http/reply.js';
import { aProject } from '../openapi/examples.js';
import { route } from '../route.js';
import { present, wasThere } from './absent.js';
import { exampleList, GONE, listOf, ProjectPath } from './shapes.js';

const { runs: _, ...example } = aProject;
const PROJECT = { description: 'The project.', schema: OptimizationProjectSchema, example };

export const projectRoutes = [
  route({
    method: 'GET',
    path: '/v1/projects',
    operation: 'listProjects',
    tag: 'Projects',
    summary: 'List projects with their number of runs',
    access: 'caller',
    answers: { 200: { description: 'Those that you may see.', schema: listOf(OptimizationProjectSchema), example: exampleList(aProject) } },
    handle: async ({ client, signal }) => list(await client.listProjects({ signal })),
  }),
  route({
    method: 'POST',
    path: '/v1/projects',
    operation: 'createProject',
    tag: 'Projects',
    summary: 'Make a project',
    description: 'One that exists is returned unchanged.',
    access: 'local',
    body: { schema: CreateProjectSchema, example: { id: 'support', name: 'Support desk' } },
    answers: { 201: PROJECT },
    refusals: ['invalid_input'],
    handle: async ({ client, signal, body }) => created(await client.createProject((await body()) as never, { signal })),
  }),
  route({
    method: 'GET',
    path: '/v1/projects/:projectId',
    operation: 'getProject',
    tag: 'Projects',
    summary: 'Read a project',
    access: 'viewer',
    params: ProjectPath,
    answers: { 200: PROJECT },
    refusals: ['not_found'],
    handle: async ({ client, params: { projectId }, signal }) =>
      ok(present(await client.getProject(projectId, { signal }), 'projectId', 'project')),
  }),
  route({
    method: 'PATCH',
    path: '/v1/projects/:projectId',
    operation: 'updateProject',
    tag: 'Projects',
    summary: 'Rename a project',
    access: 'owner',
    params: ProjectPath,
    body: { schema: UpdateProjectSchema, example: { name: 'Support' } },
    answers: { 200: PROJECT },
    refusals: ['not_found', 'invalid_input'],
    handle: async ({ client, params: { projectId }, signal, body }) =>
      ok(await client.updateProject(projectId, (await body()) as never, { signal })),
  }),
  route({
    method: 'DELETE',
    path: '/v1/projects/:projectId',
    operation: 'deleteProject',
    tag: 'Projects',
    summary: 'Delete a project with everything in it',
    access: 'owner',
    params: ProjectPath,
    answers: { 204: GONE },
    refusals: ['not_found'],
    async handle({ client, params: { projectId }, signal }) {
      wasThere(await client.deleteProject(projectId, { signal }), 'projectId', 'project');
      return noContent;
    },
  }),
];

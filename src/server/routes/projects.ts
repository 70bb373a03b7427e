import { aProject } from '../openapi/examples.js';
import { functionRoute } from './function-route.js';
import { exampleList, GONE } from './shapes.js';

const { runs: _, ...example } = aProject;
const PROJECT = { description: 'The project.', example };

export const projectRoutes = [
  functionRoute('listProjects', {
    tag: 'Projects',
    summary: 'List projects with their number of runs',
    answer: { description: 'Those that you may see.', example: exampleList(aProject) },
  }),
  functionRoute('createProject', {
    tag: 'Projects',
    summary: 'Make a project',
    description: 'One that exists is returned unchanged.',
    body: { example: { id: 'support', name: 'Support desk' } },
    answer: PROJECT,
    status: 201,
    refusals: ['invalid_input'],
  }),
  functionRoute('getProject', { tag: 'Projects', summary: 'Read a project', answer: PROJECT, refusals: ['not_found'] }),
  functionRoute('updateProject', {
    tag: 'Projects',
    summary: 'Rename a project',
    body: { example: { name: 'Support' } },
    answer: PROJECT,
    refusals: ['not_found', 'invalid_input'],
  }),
  functionRoute('deleteProject', {
    tag: 'Projects',
    summary: 'Delete a project with everything in it',
    answer: GONE,
    refusals: ['not_found'],
  }),
];

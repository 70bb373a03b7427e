import type { TrailClient } from '../../src/client/port.js';
import type { Claims } from '../../src/schemas/index.js';
import { aRun, newProject } from '../support/records.js';
import type { Target } from './senders.js';

/** What is stored, whoever's it is: a refusal changes none of these. */
export const COUNTS = `select (select count(*) from optimization_projects) as projects, (select count(*) from optimization_runs) as runs,
  (select count(*) from optimization_iterations) as iterations, (select count(*) from optimization_samples) as samples,
  (select count(*) from optimization_programs) as programs, (select count(*) from optimization_examples) as examples,
  (select max(updated_at)::text from optimization_runs) as changed`;

/** Two projects with runs, and those who send. */
export async function makeTarget(client: Target['client'], as: (claims: Claims) => TrailClient): Promise<Target> {
  const [projectId, strangersProject] = [newProject(), newProject()];
  const running = await client.createOptimizationRun(aRun(projectId, { status: 'running' }));
  const completed = await client.createOptimizationRun(aRun(projectId, { status: 'completed' }));
  await client.createOptimizationRun(aRun(strangersProject));
  let last = 0;
  return {
    ...{ client, projectId, strangersProject, runId: running.id, completedId: completed.id },
    key: as({ optrail_projects: { [projectId]: 'editor' } }),
    stranger: as({ optrail_projects: { [strangersProject]: 'owner' } }),
    next: () => {
      last += 1;
      return last;
    },
  };
}

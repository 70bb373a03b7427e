import type { Row } from '../database/port.js';
import type { OptimizationProjectsRow } from '../database/rows.generated.js';
import type { OptimizationProject } from '../schemas/project.js';
import { camelized } from './case.js';
import type { Scope } from './scope.js';

type ProjectRow = Pick<OptimizationProjectsRow, 'id' | 'name' | 'created_at'> & { runs: number };

export async function listProjects(scope: Scope): Promise<OptimizationProject[]> {
  const rows = await scope.query<ProjectRow & Row>({
    text: `select p.id, p.name, p.created_at,
        (select count(*) from public.optimization_runs as r where r.project_id = p.id) as runs
      from public.optimization_projects as p order by p.id`,
  });
  return rows.map((row) => camelized<ProjectRow>(row));
}

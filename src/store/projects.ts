import type { Row, SqlValue } from '../database/port.js';
import type { OptimizationProjectsRow } from '../database/rows.generated.js';
import { isOptrailError, OptrailError } from '../errors.js';
import type { CreateProject, OptimizationProject, UpdateProject } from '../schemas/project.js';
import { camelized } from './case.js';
import { Parameters, setClause } from './parameters.js';
import { type Scope, theRow } from './scope.js';

const SELECTION = 'p.id, p.name, p.created_at';

type ProjectRow = Pick<OptimizationProjectsRow, 'id' | 'name' | 'created_at'>;

export async function listProjects(scope: Scope): Promise<OptimizationProject[]> {
  const rows = await scope.query<ProjectRow & { runs: number } & Row>({
    text: `select ${SELECTION},
        (select count(*) from public.optimization_runs as r where r.project_id = p.id) as runs
      from public.optimization_projects as p order by p.id`,
  });
  return rows.map((row) => camelized<ProjectRow & { runs: number }>(row));
}

export async function getProject(scope: Scope, projectId: string): Promise<OptimizationProject | null> {
  const [row] = await scope.query<ProjectRow & Row>({
    text: `select ${SELECTION} from public.optimization_projects as p where p.id = $1`,
    values: [projectId],
  });
  return row === undefined ? null : camelized<ProjectRow>(row);
}

/** The project; one that exists is returned unchanged. */
export async function createProject(scope: Scope, { id, name = id }: CreateProject): Promise<OptimizationProject> {
  try {
    const [row] = await scope.query<ProjectRow & Row>({
      text: `insert into public.optimization_projects as p (id, name) values ($1, $2)
        on conflict on constraint optimization_projects_pkey do nothing returning ${SELECTION}`,
      values: [id, name],
    });
    if (row !== undefined) return camelized<ProjectRow>(row);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    // Whether it is there is not told: it may be another tenant's.
    throw new OptrailError('forbidden', 'Members and keys make no projects.', {
      hint: 'Who runs the database does: `npx optrail projects create <id>`.',
      cause: error,
    });
  }
  const stored = await getProject(scope, id);
  return theRow(stored === null ? [] : [stored], 'the insertion of a project');
}

export async function updateProject(scope: Scope, projectId: string, { name, metadata }: UpdateProject): Promise<OptimizationProject> {
  const assignments = new Map<string, SqlValue>();
  if (name !== undefined) assignments.set('name', name);
  if (metadata !== undefined) assignments.set('metadata', JSON.stringify(metadata));
  if (assignments.size === 0) {
    const project = await getProject(scope, projectId);
    if (project !== null) return project;
    throw missingProject(projectId);
  }
  const parameters = new Parameters();
  const id = parameters.add(projectId);
  const [row] = await scope.query<ProjectRow & Row>({
    text: `update public.optimization_projects as p set ${setClause(assignments, parameters)} where p.id = ${id} returning ${SELECTION}`,
    values: parameters.values,
  });
  if (row !== undefined) return camelized<ProjectRow>(row);
  throw await whyNotOwner(scope, projectId);
}

/** Whether there was a project to delete. */
export async function deleteProject(scope: Scope, projectId: string): Promise<boolean> {
  const deleted = await scope.query({
    text: 'delete from public.optimization_projects as p where p.id = $1 returning p.id',
    values: [projectId],
  });
  if (deleted.length > 0) return true;
  const reason = await whyNotOwner(scope, projectId);
  if (reason.code === 'not_found') return false;
  throw reason;
}

/** Row-level security hides what only owners may touch; who sees the project is told that much, and nobody else anything. */
export async function whyNotOwner(scope: Scope, projectId: string): Promise<OptrailError> {
  if ((await getProject(scope, projectId)) === null) return missingProject(projectId);
  return new OptrailError('forbidden', `Only an owner of the project ${projectId} may do this.`, {
    hint: 'Ask an owner of the project, or use a key with the scope admin.',
  });
}

/** Does what owners may, and says why where it is refused, or where there is no such project. */
export async function asOwner<T>(scope: Scope, projectId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isAbsent = isOptrailError(error) && /_project_fkey$/.test(error.constraint ?? '');
    if (!isAbsent && !isForbidden(error)) throw error;
    throw await whyNotOwner(scope, projectId);
  }
}

function missingProject(projectId: string): OptrailError {
  return new OptrailError('not_found', `There is no project ${projectId}, or none that you may see.`, { path: 'projectId' });
}

function isForbidden(error: unknown): boolean {
  return isOptrailError(error) && error.code === 'forbidden';
}

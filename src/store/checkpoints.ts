import { createHash } from 'node:crypto';
import type { Row } from '../database/port.js';
import type { OptimizationCheckpointsRow } from '../database/rows.generated.js';
import { OptrailError } from '../errors.js';
import type { CreateOptimizationCheckpoint, OptimizationCheckpoint } from '../schemas/checkpoint.js';
import type { JsonValue } from '../schemas/json.js';
import { camelized } from './case.js';
import { hex } from './content.js';
import { whyRefused } from './runs.js';
import type { Scope } from './scope.js';

const SELECTION = 'c.id, c.run_id, c.project_id, c.state, c.state_hash, c.state_bytes, c.created_at';

function checkpointOf(row: OptimizationCheckpointsRow): OptimizationCheckpoint {
  const { state, stateHash, ...rest } = camelized(row);
  const hash = hex(stateHash);
  if (createHash('sha256').update(state).digest('hex') !== hash) {
    throw new OptrailError('database_error', `The state of checkpoint ${row.id} is not the one that was stored: its hash differs.`, {
      hint: 'Delete that row of optimization_checkpoints; the one before it is read then.',
    });
  }
  return { ...rest, state: JSON.parse(state) as JsonValue, stateHash: hash };
}

export async function createCheckpoint(
  scope: Scope,
  { id, runId, projectId, state }: CreateOptimizationCheckpoint & { id: string },
): Promise<OptimizationCheckpoint> {
  const [row] = await scope.query<OptimizationCheckpointsRow & Row>({
    text: `insert into public.optimization_checkpoints as c (id, run_id, project_id, state)
      select $1, r.id, r.project_id, $4 from public.optimization_runs as r
      where r.id = $2 and r.project_id = optrail.resolve_run($2, $3)
      on conflict on constraint optimization_checkpoints_pkey do nothing returning ${SELECTION}`,
    values: [id, runId, projectId ?? null, JSON.stringify(state)],
  });
  if (row !== undefined) return checkpointOf(row);
  const [stored] = await scope.query<OptimizationCheckpointsRow & Row>({
    text: `select ${SELECTION} from public.optimization_checkpoints as c
      where c.id = $1 and c.project_id = optrail.resolve_run($2, $3)`,
    values: [id, runId, projectId ?? null],
  });
  if (stored !== undefined) return checkpointOf(stored);
  throw await whyRefused(scope, runId, projectId);
}

/** The newest checkpoint of a run, or null. */
export async function latestCheckpoint(scope: Scope, runId: string, projectId: string | undefined): Promise<OptimizationCheckpoint | null> {
  const [row] = await scope.query<OptimizationCheckpointsRow & Row>({
    text: `select ${SELECTION} from public.optimization_checkpoints as c
      where c.run_id = $1 and c.project_id = optrail.resolve_run($1, $2) order by c.id desc limit 1`,
    values: [runId, projectId ?? null],
  });
  return row === undefined ? null : checkpointOf(row);
}

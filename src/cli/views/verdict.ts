import { isOptrailError } from '../../errors.js';
import type { RunAssessment } from '../../schemas/trust.js';
import type { Context } from '../context.js';

/** The verdict of a run; null if it has too many samples to read, or an older server does not know verdicts. */
export async function verdictFor({ client, signal }: Context, run: { id: string; projectId: string }): Promise<RunAssessment | null> {
  try {
    return await client.assessRun(run.id, { projectId: run.projectId, signal });
  } catch (error) {
    if (isOptrailError(error) && ['too_large', 'not_found', 'server_error'].includes(error.code)) return null;
    throw error;
  }
}

/** Whether there is anything to say: a run with one evaluated program has no verdict yet. */
export function hasVerdict(assessment: RunAssessment | null): assessment is RunAssessment {
  return assessment !== null && assessment.winner !== null;
}

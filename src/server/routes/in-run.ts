import { OptrailError } from '../../errors.js';

/**
 * Adds the run of the path and the project of the query to a body. A body that names another run or project is refused, since one of the two
 * is a mistake.
 */
export function inRun(body: unknown, runId: string, projectId: string | undefined): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const given = body as { runId?: unknown; projectId?: unknown };
  if (given.runId !== undefined && String(given.runId).toLowerCase() !== runId) throw differs('runId', 'the path');
  if (projectId === undefined) return { ...body, runId };
  if (given.projectId !== undefined && given.projectId !== projectId) throw differs('projectId', 'the query');
  return { ...body, projectId, runId };
}

function differs(path: string, place: string): OptrailError {
  const message = `differs from ${place}; leave it out`;
  return new OptrailError('invalid_input', `${path}: ${message}`, { issues: [{ path, message }], hint: 'Nothing was stored.' });
}

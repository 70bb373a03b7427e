import { OptrailError } from '../../errors.js';

/**
 * A body as the functions take it: of the run that the path names, and of the project that the query names. A body that names others is
 * refused, since one of the two must be a mistake.
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
  const message = `is another than that of ${place}; leave it out`;
  return new OptrailError('invalid_input', `${path}: ${message}`, { issues: [{ path, message }], hint: 'Nothing was stored.' });
}

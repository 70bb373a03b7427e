import { matchPath, pathTo } from '../../client/functions/path.js';
import { OPERATIONS, type OperationName } from '../../client/operations.js';
import { OptrailError } from '../../errors.js';
import type { JournalRequest } from '../../journal/port.js';
import type { CreateOptimizationSampleInput } from '../../schemas/sample.js';
import type { Write } from './writes.js';

/** The operation of each kind of write: a journal holds these requests and no others. */
const OPERATION_OF = {
  createRun: 'createOptimizationRun',
  updateRun: 'updateOptimizationRun',
  createIteration: 'createOptimizationIteration',
  updateIteration: 'updateOptimizationIteration',
  createCheckpoint: 'createOptimizationCheckpoint',
  createSamples: 'batchCreateOptimizationSamples',
} as const satisfies Record<Write['kind'], OperationName>;

const KINDS = Object.keys(OPERATION_OF) as Write['kind'][];

/** A write as the request that the REST API takes. */
export function toRequest(write: Write): JournalRequest {
  const { kind } = write;
  switch (kind) {
    case 'createRun':
    case 'createIteration':
    case 'createCheckpoint':
      return request(kind, write.input, write.input);
    case 'updateRun':
      return request(kind, write, write.changes, write.projectId);
    case 'updateIteration':
      return request(kind, { runId: write.runId, number: write.iteration }, write.changes, write.projectId);
    case 'createSamples':
      return request(kind, { runId: write.inputs[0]?.runId ?? '' }, { samples: write.inputs });
  }
}

function request(kind: Write['kind'], place: object, body: unknown, projectId?: string | undefined): JournalRequest {
  const operation = OPERATIONS[OPERATION_OF[kind]];
  const query = projectId === undefined ? '' : `?projectId=${encodeURIComponent(projectId)}`;
  return { method: operation.method, path: `${pathTo(operation, place as Record<string, unknown>)}${query}`, body };
}

/** The write of a request. Its content is checked when it is sent, as all input is. */
export function toWrite({ method, path, body }: JournalRequest): Write {
  const [place = '', query = ''] = path.split('?');
  const content = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const projectId = new URLSearchParams(query).get('projectId') ?? undefined;
  for (const kind of KINDS) {
    const parameters = matchPath(OPERATIONS[OPERATION_OF[kind]], method, place);
    const write = parameters === null ? null : writeOf(kind, parameters, content, projectId);
    if (write !== null) return write as Write;
  }
  throw new OptrailError('invalid_input', `unknown journal request: ${method} ${path}`);
}

/** A write of the kind, or null if the request does not have the form of one. */
function writeOf(
  kind: Write['kind'],
  { runId, number }: Record<string, string>,
  content: Record<string, unknown>,
  projectId: string | undefined,
): object | null {
  switch (kind) {
    case 'createRun':
      return { kind, input: content };
    case 'createIteration':
    case 'createCheckpoint':
      return { kind, input: { ...content, runId } };
    case 'updateRun':
      return { kind, runId, projectId, changes: content };
    case 'updateIteration':
      return /^\d+$/.test(number ?? '') ? { kind, runId, projectId, iteration: Number(number), changes: content } : null;
    case 'createSamples': {
      const { samples } = content;
      if (!Array.isArray(samples)) return null;
      return { kind, inputs: (samples as CreateOptimizationSampleInput[]).map((sample) => ({ ...sample, runId })) };
    }
  }
}

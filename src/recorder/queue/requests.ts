import { OptrailError } from '../../errors.js';
import type { JournalRequest } from '../../journal/port.js';
import type { CreateOptimizationCheckpointInput } from '../../schemas/checkpoint.js';
import type { CreateOptimizationIterationInput, UpdateOptimizationIterationInput } from '../../schemas/iteration.js';
import type { CreateOptimizationRunInput, UpdateOptimizationRunInput } from '../../schemas/run.js';
import type { CreateOptimizationSampleInput } from '../../schemas/sample.js';
import type { Write } from './writes.js';

const ROUTE = /^\/v1\/runs(?:\/([^/?]+)(?:\/(iterations|samples|checkpoints)(?:\/(\d+))?)?)?(?:\?projectId=([^&]*))?$/;

/** A write as the request that the REST API takes. */
export function toRequest(write: Write): JournalRequest {
  switch (write.kind) {
    case 'createRun':
      return { method: 'POST', path: '/v1/runs', body: write.input };
    case 'updateRun':
      return { method: 'PATCH', path: `${runPath(write.runId)}${projectQuery(write.projectId)}`, body: write.changes };
    case 'createIteration':
      return { method: 'POST', path: `${runPath(write.input.runId)}/iterations`, body: write.input };
    case 'updateIteration': {
      const { runId, projectId, iteration, changes } = write;
      return { method: 'PATCH', path: `${runPath(runId)}/iterations/${iteration}${projectQuery(projectId)}`, body: changes };
    }
    case 'createCheckpoint':
      return { method: 'POST', path: `${runPath(write.input.runId)}/checkpoints`, body: write.input };
    case 'createSamples':
      return { method: 'POST', path: `${runPath(write.inputs[0]?.runId ?? '')}/samples`, body: { samples: write.inputs } };
  }
}

/** The write that a request stands for. What is in it is checked when it is sent, as all input is. */
export function toWrite(request: JournalRequest): Write {
  const { method, path, body } = request;
  const match = ROUTE.exec(path);
  const content = (typeof body === 'object' && body !== null ? body : {}) as Content;
  const write = match === null ? null : method === 'POST' ? created(match, content) : updated(match, content);
  if (write !== null) return write;
  throw new OptrailError('invalid_input', `no write is known by ${method} ${path}`);
}

type Content = Record<string, unknown>;

function created([, run, noun, number]: RegExpExecArray, content: Content): Write | null {
  if (run === undefined) return { kind: 'createRun', input: content as unknown as CreateOptimizationRunInput };
  const runId = decodeURIComponent(run);
  if (noun === 'iterations' && number === undefined) {
    return { kind: 'createIteration', input: { ...content, runId } as unknown as CreateOptimizationIterationInput };
  }
  if (noun === 'checkpoints' && number === undefined) {
    return { kind: 'createCheckpoint', input: { ...content, runId } as unknown as CreateOptimizationCheckpointInput };
  }
  if (noun !== 'samples' || number !== undefined || !Array.isArray(content.samples)) return null;
  const samples = content.samples as CreateOptimizationSampleInput[];
  return { kind: 'createSamples', inputs: samples.map((sample) => ({ ...sample, runId })) };
}

function updated([, run, noun, number, project]: RegExpExecArray, content: Content): Write | null {
  if (run === undefined) return null;
  const place = { runId: decodeURIComponent(run), projectId: project === undefined ? undefined : decodeURIComponent(project) };
  if (noun === undefined) return { kind: 'updateRun', ...place, changes: content as UpdateOptimizationRunInput };
  if (noun !== 'iterations' || number === undefined) return null;
  return { kind: 'updateIteration', ...place, iteration: Number(number), changes: content as UpdateOptimizationIterationInput };
}

function runPath(runId: string): string {
  return `/v1/runs/${encodeURIComponent(String(runId))}`;
}

function projectQuery(projectId: string | undefined): string {
  return projectId === undefined ? '' : `?projectId=${encodeURIComponent(String(projectId))}`;
}

import * as z from 'zod';
import { plainSample } from '../../schemas/plain-sample.js';
import { type CreateOptimizationSample, CreateOptimizationSampleSchema } from '../../schemas/sample.js';
import { validatedItems } from '../../schemas/validate.js';
import type { CheckedCall } from '../checked-call.js';
import { ENDPOINTS } from '../functions/endpoints.js';
import { pathTo } from '../functions/path.js';
import { OPERATIONS, type OperationInput, type OperationName, operationOf } from '../operations.js';
import { answerOf, listAt, orNull } from './answers.js';
import { requestOf } from './request.js';
import { listRunsOver } from './run-pages.js';
import type { Transport } from './transport.js';

/** Runs of one request: their ids stand in the URL, which proxies cut off at 8 KB. */
const CURVES_AT_ONCE = 100;

type Execute = (transport: Transport, call: CheckedCall) => Promise<unknown>;

/** The calls that are not one request, or whose request is not the usual one. */
const SPECIAL: Partial<Record<OperationName, Execute>> = {
  listOptimizationRuns: listRunsOver,

  async batchCreateOptimizationSamples(transport, { input, signal }) {
    const { samples: batch } = input as OperationInput<'batchCreateOptimizationSamples'>;
    const samples = await validatedItems(batch, CreateOptimizationSampleSchema, plainSample, ['samples']);
    const path = samplesPath(samples);
    // All or none: one request, whatever its size.
    const call = { method: 'POST', path, body: { name: 'samples', items: samples }, signal } as const;
    return answerOf(OPERATIONS.batchCreateOptimizationSamples.output, await transport.call(call));
  },

  async getOptimizationSamples(transport, call) {
    const { after, limit } = call.input as OperationInput<'getOptimizationSamples'>;
    const { query, path, signal } = requestOf(call);
    const cursor = after === undefined ? undefined : `${after.iteration}.${after.sampleIndex}`;
    const { output } = OPERATIONS.getOptimizationSamples;
    return listAt(transport, { path, query: { ...query, after: undefined, cursor }, signal }, output, { limit, paged: true });
  },

  async getOptimizationCurves(transport, call) {
    const { runIds } = call.input as OperationInput<'getOptimizationCurves'>;
    const { query, path, signal } = requestOf(call);
    const parts = Array.from({ length: Math.ceil(runIds.length / CURVES_AT_ONCE) }, (_, part) =>
      runIds.slice(part * CURVES_AT_ONCE, (part + 1) * CURVES_AT_ONCE),
    );
    const { output } = OPERATIONS.getOptimizationCurves;
    const curves = parts.map((runId) => listAt(transport, { path, query: { ...query, runId }, signal }, output));
    return (await Promise.all(curves)).flat();
  },
};

/** Carries out a call over HTTP. */
export async function executeOver(transport: Transport, call: CheckedCall): Promise<unknown> {
  const special = SPECIAL[call.name];
  if (special !== undefined) return special(transport, call);
  const { result, output = z.unknown() } = operationOf(call.name);
  const request = requestOf(call);
  switch (result) {
    case 'list':
      return listAt(transport, request, output);
    case 'rows in pages':
      return listAt(transport, request, output, { limit: call.input.limit as number | undefined, paged: true });
    case 'deleted':
      return (await orNull(transport.call(request))) !== null;
    case 'nothing':
      await transport.call(request);
      return undefined;
    case 'row or 404':
      return orNull(transport.call(request).then((answer) => answerOf(output, answer)));
    case 'row or 204': {
      const answer = await transport.call(request);
      return answer.status === 204 ? null : answerOf(output, answer);
    }
    default:
      return answerOf(output, await transport.call(request));
  }
}

/** Samples of one run are sent to that run; samples of several are stored together too. */
function samplesPath([first, ...others]: readonly CreateOptimizationSample[]): string {
  const isOfOne = first !== undefined && others.every(({ runId }) => runId === first.runId);
  return isOfOne ? pathTo(OPERATIONS.batchCreateOptimizationSamples, first) : ENDPOINTS.batchCreateOptimizationSamplesOfRuns.path;
}

import type { OptimizationClient } from '../../src/client/port.js';
import { ABSENT, aRun } from '../support/records.js';
import type { Entry } from './entries.js';

/** Who sends, and what there is to send it at. */
export interface Target {
  /** The trusted caller. */
  client: OptimizationClient;
  /** An editor of the project and of no other. */
  key: OptimizationClient;
  /** An owner of another project, with a run of its own. */
  stranger: OptimizationClient;
  projectId: string;
  strangersProject: string;
  /** A running run of the project, and a completed one. */
  runId: string;
  completedId: string;
  /** Each time another number. */
  next(): number;
}

/** What is refused with a code and a path, or taken and read back. */
export type Row = Refused | Kept;
interface Refused {
  entry: Entry;
  sent: string;
  code: string;
  path?: string;
  call: (target: Target) => Promise<unknown>;
}
interface Kept {
  entry: Entry;
  sent: string;
  /** What must come back, and what did. */
  back: (target: Target) => Promise<{ wanted: unknown; got: unknown }>;
}

/** Refusals of one field of what is recorded, by each function that takes it. */
export function refusals(entry: Entry, sent: string, fields: Record<string, unknown>, path: string): Row[] {
  const by = (name: string, call: Refused['call'], root = ''): Row => ({
    entry,
    sent: `${sent}, by ${name}`,
    code: 'invalid_input',
    path: root + path,
    call,
  });
  const [field = ''] = path.split(/[.[]/);
  const rows: Row[] = [];
  if (RUN_FIELDS.includes(field)) {
    rows.push(by('createOptimizationRun', ({ client, projectId }) => client.createOptimizationRun({ ...aRun(projectId), ...fields })));
    if (!['config', 'id'].includes(field))
      rows.push(by('updateOptimizationRun', ({ client, runId }) => client.updateOptimizationRun(runId, fields)));
  }
  if (ITERATION_FIELDS.includes(field))
    rows.push(
      by('createOptimizationIteration', ({ client, runId }) => client.createOptimizationIteration({ runId, iteration: 999, ...fields })),
    );
  if (SAMPLE_FIELDS.includes(field))
    rows.push(
      by(
        'batchCreateOptimizationSamples',
        ({ client, runId }) => {
          const good = { runId, iteration: 999, sampleIndex: 0, input: 'good' };
          return client.batchCreateOptimizationSamples([good, { ...good, ...fields }]);
        },
        'samples[1].',
      ),
    );
  if (rows.length === 0) throw new Error(`no function takes ${field}`);
  return rows;
}
const RUN_FIELDS = ['runName', 'notes', 'tags', 'config', 'metadata', 'startTime', 'endTime', 'finalScore', 'iterations', 'totalTokens'];
const ITERATION_FIELDS = ['metadata', 'program', 'params', 'score', 'scores', 'iteration', 'totalTokens', 'startTime'];
const SAMPLE_FIELDS = ['input', 'expectedOutput', 'predictedOutput', 'metadata', 'score', 'scores', 'sampleIndex', 'errorMessage'];

/** Text and JSON that are taken as they are: as a run's name, tag and note, as a prompt and as a sample. */
export function kept(entry: Entry, sent: string, values: { name?: string; json?: unknown }): Row {
  return {
    entry,
    sent,
    async back({ client, projectId, next }) {
      const { name = 'kept', json = name } = values;
      const run = await client.createOptimizationRun({ ...aRun(projectId), runName: name, tags: [name], notes: name, metadata: { json } });
      const at = { runId: run.id, iteration: next() };
      await client.createOptimizationIteration({ ...at, program: json, params: { json } });
      await client.createOptimizationSample({ ...at, sampleIndex: 0, input: json, expectedOutput: json, predictedOutput: json });
      const [read, [iteration], [sample]] = await Promise.all([
        client.getOptimizationRun(run.id),
        client.getOptimizationIterations(run.id),
        client.getOptimizationSamples(run.id),
      ]);
      const taken = JSON.parse(JSON.stringify(json));
      return {
        wanted: [name, [name], name, { json: taken }, taken, { json: taken }, taken, taken, taken],
        got: [
          ...[read?.runName, read?.tags, read?.notes, read?.metadata, iteration?.program, iteration?.params],
          ...[sample?.input, sample?.expectedOutput, sample?.predictedOutput],
        ],
      };
    },
  };
}

/** A call about a row of another tenant and the same about one that is not there. */
export function alike(sent: string, call: (target: Target, ids: { runId: string; projectId?: string }) => Promise<unknown>): Row {
  return {
    entry: "another tenant's id",
    sent,
    async back(target) {
      const said = (runId: string) =>
        call(target, { runId }).then(
          (result) => ({ result }),
          ({ code, path, message, hint }) => ({ code, path, hint, message: String(message).replaceAll(runId, 'ID') }),
        );
      return { wanted: await said(ABSENT), got: await said(target.runId) };
    },
  };
}

const JSON_FIELDS = ['config', 'metadata', 'program', 'params', 'input', 'expectedOutput', 'predictedOutput'];
export const inJson = (entry: Entry, sent: string, json: unknown, below: string): Row[] =>
  JSON_FIELDS.flatMap((field) => refusals(entry, `${sent} in ${field}`, { [field]: json }, `${field}${below}`));

export const refusedList = (entry: Entry, filters: object, path: string): Row => ({
  entry,
  sent: `${JSON.stringify(filters).slice(0, 80)}, by listOptimizationRuns`,
  code: 'invalid_input',
  path,
  call: ({ client }) => client.listOptimizationRuns(filters),
});

import { LARGE_PROJECT } from '../../bench/dataset.js';
import type { OptimizationClient } from '../../src/client/port.js';
import type { Volume } from './volume.js';

/** A write of the client. `turn` is another one in every call, so that each call stores something. */
export interface VolumeWrite {
  name: string;
  write: (client: OptimizationClient, volume: Volume, turn: number) => Promise<unknown>;
}

const FIRST = 1_000;

function samples({ runId }: Volume, turn: number, sampleIndex: number) {
  const iteration = FIRST + turn;
  const again = { input: { n: sampleIndex }, score: 0.5 };
  return [
    { runId, projectId: LARGE_PROJECT, iteration, sampleIndex, ...again },
    { runId, projectId: LARGE_PROJECT, iteration, sampleIndex: sampleIndex + 1, input: { turn, sampleIndex }, score: 1 },
  ];
}

export const WRITES: VolumeWrite[] = [
  {
    name: 'a run begins',
    write: (client, { parentRunId }, turn) =>
      client.createOptimizationRun({
        projectId: LARGE_PROJECT,
        runName: `run ${turn}`,
        optimizerType: 'gepa',
        status: 'running',
        parentRunId,
        metadata: { turn },
      }),
  },
  { name: 'a sign of life', write: (client, { runId }) => client.updateRunProgress(runId, {}, { projectId: LARGE_PROJECT }) },
  {
    name: 'a run is annotated',
    write: (client, { runId }, turn) => client.updateOptimizationRun(runId, { notes: `turn ${turn}` }, { projectId: LARGE_PROJECT }),
  },
  {
    name: 'an iteration with a program',
    write: (client, { runId }, turn) =>
      client.createOptimizationIteration({
        runId,
        projectId: LARGE_PROJECT,
        iteration: 2 * FIRST + turn,
        score: turn / 100,
        program: { prompt: `turn ${turn}` },
        parentIterations: [1],
      }),
  },
  {
    name: 'an iteration is changed',
    write: (client, { runId }, turn) =>
      client.updateOptimizationIteration(runId, 5, { score: turn / 100, decision: 'accepted' }, { projectId: LARGE_PROJECT }),
  },
  { name: 'a batch of samples', write: (client, volume, turn) => client.batchCreateOptimizationSamples(samples(volume, turn, 0)) },
  {
    name: 'samples of an iteration that has some',
    write: (client, volume, turn) => client.batchCreateOptimizationSamples(samples(volume, 0, 10 + turn)),
  },
  {
    name: 'a checkpoint',
    write: (client, { runId }, turn) => client.createOptimizationCheckpoint({ runId, projectId: LARGE_PROJECT, state: { turn } }),
  },
  {
    name: 'a run goes',
    async write(client, _, turn) {
      const run = await client.createOptimizationRun({ projectId: LARGE_PROJECT, runName: `gone ${turn}`, optimizerType: 'gepa' });
      await client.deleteOptimizationRun(run.id, { projectId: LARGE_PROJECT });
    },
  },
];

import { createClient } from '../../src/client/open/create-client.js';
import type { ClientHandle } from '../../src/client/port.js';
import { timed } from '../measure.js';
import { type Peer, paramsOf, scoreOf, type Work, type Works } from './trials.js';

type Workers = { [W in Work]: (...parameters: Works[W]['arguments']) => Promise<Works[W]['answer']> };

/** A way to keep trials in Optrail, as a peer among the others. */
function optrailPeer(name: string, url: string, reopens: boolean, workersOf: (client: () => ClientHandle) => Workers): Peer {
  let client = createClient({ databaseUrl: url });
  const workers = workersOf(() => client);
  return {
    name,
    reopens,
    async ask<W extends Work>(work: W, parameters: Works[W]['arguments'], reopen = false) {
      const before = client;
      let answer: Works[W]['answer'] | undefined;
      const ms = await timed(async () => {
        if (reopen) client = createClient({ databaseUrl: url });
        answer = await workers[work](...parameters);
      });
      if (reopen) await before.close();
      return { ms, answer: answer as Works[W]['answer'] };
    },
    close: () => client.close(),
  };
}

/** What a program does that tunes: one run, and in it an iteration for each trial, written once it is scored. */
export async function iterationsPeer(name: string, url: string): Promise<Peer> {
  const projectId = 'trials-as-iterations';
  await using opening = createClient({ databaseUrl: url });
  const { id: runId } = await opening.createOptimizationRun({ projectId, runName: 'bench', optimizerType: 'custom', status: 'running' });
  let newest = 0;
  return optrailPeer(name, url, true, (client) => {
    const newestFirst = async (limit: number, after?: number) => {
      const page = await client().getOptimizationIterations(runId, { projectId, limit, orderDirection: 'desc', after });
      return page.map(({ iteration }) => iteration);
    };
    return {
      async record(trial, history) {
        const key = { runId, projectId, iteration: trial };
        await client().createOptimizationIteration({ ...key, status: 'completed', params: paramsOf(trial), score: scoreOf(trial) });
        for (const [step, score] of history.entries()) await client().createOptimizationSample({ ...key, sampleIndex: step, score });
        newest = trial;
        return null;
      },
      best: async () => (await client().getBestIteration(runId, { projectId }))?.iteration ?? -1,
      last: newestFirst,
      page: (offset, count) => newestFirst(count, newest - offset + 1),
      async history(trial) {
        const samples = await client().getOptimizationSamples(runId, trial, undefined, { projectId });
        return samples.map(({ score }) => score ?? Number.NaN);
      },
    };
  });
}

const PAGE = 1000;

/** What is closest to MLflow: a run for each trial under a parent, begun when it begins and completed when it ends. */
export async function runsPeer(name: string, url: string): Promise<Peer> {
  const projectId = 'trials-as-runs';
  const shape = { projectId, optimizerType: 'custom', status: 'running' } as const;
  await using opening = createClient({ databaseUrl: url });
  const { id: parentRunId } = await opening.createOptimizationRun({ ...shape, runName: 'study' });
  const ids = new Map<number, string>();
  const cursors = new Map<number, string>();
  const idOf = (trial: number) => ids.get(trial) ?? '';
  const numberOf = (runName: string | undefined) => Number(runName?.replace('trial-', ''));
  return optrailPeer(name, url, false, (client) => {
    const page = async (offset: number, count: number) => {
      const cursor = cursors.get(offset) ?? (await walkTo(offset));
      const { data } = await client().listOptimizationRuns({ projectId, limit: count, ...(cursor === undefined ? {} : { cursor }) });
      return data.map(({ runName }) => numberOf(runName));
    };
    /** As MLflow's page token, the cursor of the page before: finding it is not what is measured. */
    const walkTo = async (offset: number) => {
      let cursor: string | undefined;
      for (let left = offset; left > 0; left -= PAGE) {
        const limit = Math.min(left, PAGE);
        const { nextCursor } = await client().listOptimizationRuns({ projectId, limit, ...(cursor === undefined ? {} : { cursor }) });
        cursor = nextCursor ?? undefined;
      }
      if (cursor !== undefined) cursors.set(offset, cursor);
      return cursor;
    };
    return {
      async record(trial, history) {
        const { id } = await client().createOptimizationRun({
          ...shape,
          runName: `trial-${trial}`,
          parentRunId,
          config: { optimizer: 'custom', ...paramsOf(trial) },
        });
        ids.set(trial, id);
        for (const [iteration, score] of history.entries()) {
          await client().createOptimizationIteration({ runId: id, projectId, iteration, score });
        }
        await client().updateOptimizationRun(id, { status: 'completed', finalScore: scoreOf(trial) }, { projectId });
        return null;
      },
      best: async () => numberOf((await client().getTopRunsByScore(projectId, 1))[0]?.runName),
      last: (count) => page(0, count),
      page,
      async history(trial) {
        const iterations = await client().getOptimizationIterations(idOf(trial), { projectId });
        return iterations.map(({ score }) => score ?? Number.NaN);
      },
    };
  });
}

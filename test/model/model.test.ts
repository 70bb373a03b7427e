import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOptrailError } from '../../src/errors.js';
import { newProject } from '../support/records.js';
import { INSTALLS, type Trail, useTrail } from '../support/trails.js';
import { COMMANDS, idOf, type Real } from './commands.js';
import { type At, CALLERS, keyOf, Model, PROJECTS, type Project, ROLES, reading, type Who } from './model.js';

const TESTED = INSTALLS.filter(({ name }) => !name.includes('15'));

/** Two new projects with their members, some by a row and some by the claims of a key. */
async function newTrail({ client, sql }: Trail): Promise<Real> {
  const ids: Record<Project, string> = { P: newProject(), Q: newProject() };
  const mark = ids.P;
  for (const project of PROJECTS) {
    await sql('insert into optimization_projects (id, name) values ($1, $1)', [ids[project]]);
    for (const who of ['owner', 'viewer'] as const) {
      const role = ROLES[who][project];
      const values = [ids[project], `${mark} ${who}`, role ?? null];
      if (role !== undefined) await sql('insert into optimization_project_members (project_id, user_id, role) values ($1, $2, $3)', values);
    }
  }
  const claimsOf = (who: Exclude<Who, 'trusted'>) => {
    if (who === 'owner' || who === 'viewer') return { sub: `${mark} ${who}` };
    const keys = PROJECTS.flatMap((project) => (ROLES[who][project] === undefined ? [] : [[ids[project], ROLES[who][project]]]));
    return { optrail_projects: Object.fromEntries(keys) };
  };
  return {
    as: (who) => (who === 'trusted' ? client : client.as(claimsOf(who))),
    projectId: ({ project }) => ids[project],
    outcomeOf: (work) =>
      work.then(
        (result) =>
          typeof result === 'boolean' || (typeof result === 'object' && result !== null && 'stored' in result) ? result : 'done',
        (error: unknown) => (isOptrailError(error) ? error.code : Promise.reject(error)),
      ),
    async compare(model, at) {
      const run = model.runs.get(keyOf(at));
      expect(await stored(client, ids[at.project], at)).toEqual(run === undefined ? null : reading(run));
    },
  };
}

async function stored(client: Trail['client'], projectId: string, at: At) {
  const runId = idOf(at.run);
  const run = await client.getOptimizationRun(runId, { projectId });
  if (run === null) return null;
  const iterations = await client.getOptimizationIterations(runId, { projectId });
  const samples = await client.getOptimizationSamples(runId, undefined, undefined, { projectId });
  const { status, attempt, tags, initialScore, finalScore, improvement, bestScore, bestIteration } = run;
  const { samplesEvaluated, successfulSamples, failedSamples, totalTokens } = run;
  return {
    ...{ status, attempt, tags, initialScore, finalScore, improvement, bestScore, bestIteration, iterations: run.iterations },
    ...{ samplesEvaluated, successfulSamples, failedSamples, totalTokens },
    rows: iterations.map(({ iteration: number, status: state, score, decision }) => ({
      ...{ number, status: state, score, decision },
      samples: samples.flatMap(({ iteration, sampleIndex: index, failed }) => (iteration === number ? [{ index, failed }] : [])),
    })),
  };
}

describe.each(TESTED)('the trail on $name', (install) => {
  const trail = useTrail(install);

  test('does what the model does, whoever asks for what in which order', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 30, size: 'max' }), async (commands) => {
      const real = await newTrail(trail);
      const model = new Model();
      await fc.asyncModelRun(() => ({ model, real }), commands);
      for (const who of CALLERS) {
        const mine = PROJECTS.map((project) => real.projectId({ project, run: 0 }));
        const { data } = await real.as(who).listOptimizationRuns({ limit: 1000 });
        const seen = data.filter(({ projectId }) => mine.includes(projectId)).map(({ projectId, id }) => `${projectId} ${id}`);
        const visible = model.visibleTo(who).map((run) => `${real.projectId(run)} ${idOf(run.run)}`);
        expect(seen.sort(), who).toEqual(visible.sort());
        if (who !== 'trusted') expect(data.filter(({ projectId }) => !mine.includes(projectId))).toEqual([]);
      }
    });
    await fc.assert(property, { numRuns: 30 });
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { type Identity, type Row, TRUSTED } from '../../src/database/port.js';
import { isOptrailError } from '../../src/errors.js';
import type { Claims } from '../../src/schemas/index.js';
import { INSTALLS, type Trail, useTrail } from '../support/trails.js';
import {
  ADMINISTRATION_CALLS,
  ADMINISTRATION_SCENARIOS,
  CALLERS,
  type Caller,
  claimsOn,
  DATABASE_SCENARIOS,
  INTERNAL_FUNCTIONS,
  type Outcome,
  RUN_A,
  SDK_CALLS,
  SDK_SCENARIOS,
  statementOf,
} from './scenarios.js';
import { fill, fillProject } from './tenants.js';

/** One of each kind of install; the policies do not depend on the version. */
const TESTED = INSTALLS.filter(({ name }) => !name.includes('15'));

class Undo extends Error {
  constructor(readonly rows: Row[]) {
    super('rolled back on purpose');
  }
}

/** What a statement gives a caller; whatever it did is undone. */
async function outcomeOf({ database }: Trail, caller: Caller, text: string): Promise<string> {
  const claims = CALLERS[caller];
  const identity: Identity = typeof claims === 'string' ? TRUSTED : { kind: 'claims', claims };
  return database
    .transaction(identity, async (transaction) => {
      if (typeof claims === 'string') await transaction.query({ text: `set local role ${claims}` });
      throw new Undo(await transaction.query({ text }));
    })
    .catch(outcomeOfError);
}

function outcomeOfError(error: unknown): Outcome | string {
  if (error instanceof Undo) return error.rows.length > 0 ? 'done' : 'none';
  if (!isOptrailError(error)) return String(error);
  if (error.code === 'forbidden') return 'denied';
  return error.code === 'not_found' ? 'absent' : `${error.code}: ${error.message}`;
}

function outcomeOfResult(result: unknown): Outcome {
  const isNothing = result === null || result === false || (Array.isArray(result) && result.length === 0);
  return isNothing ? 'none' : 'done';
}

describe.each(TESTED)('row-level security on $name', (install) => {
  const trail = useTrail(install);
  beforeAll(() => fill(trail));

  test.each(Object.keys(CALLERS) as Caller[])('%s gets from SQL what the matrix says', async (caller) => {
    const found: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const scenario of DATABASE_SCENARIOS) {
      const name = `${scenario.command} ${scenario.object}`;
      found[name] = await outcomeOf(trail, caller, statementOf(scenario));
      expected[name] = scenario.outcome[caller];
    }
    expect(found).toEqual(expected);
  });

  async function runToWorkOn(): Promise<string> {
    const { client } = trail;
    const { id } = await client.createOptimizationRun({
      projectId: 'A',
      runName: 'to be written to',
      optimizerType: 'gepa',
      status: 'running',
    });
    await client.createOptimizationIteration({ runId: id, iteration: 1, score: 1 });
    await client.createOptimizationSample({ runId: id, iteration: 1, sampleIndex: 0 });
    return id;
  }

  const members = Object.keys(SDK_SCENARIOS[0]?.outcome ?? {}) as Caller[];
  test.each(members)('%s gets from the helper functions what the matrix says', async (caller) => {
    const client = trail.client.as(CALLERS[caller] as Claims);
    const found: Record<string, string> = {};
    const expected: Record<string, string> = {};
    const reads = await runToWorkOn();
    for (const { object, outcome } of SDK_SCENARIOS) {
      const id = /^(create|update|batch|delete|resume)/.test(object) ? await runToWorkOn() : reads;
      if (object.startsWith('resume')) await trail.client.updateOptimizationRun(id, { status: 'failed' });
      found[object] = await SDK_CALLS[object as keyof typeof SDK_CALLS](client, id).then(outcomeOfResult, outcomeOfError);
      expected[object] = outcome[caller];
    }
    expect(found).toEqual(expected);
  });

  test.each(members)('%s gets from administration what the matrix says', async (caller) => {
    const projectId = `of ${caller}`;
    const keyId = await fillProject(trail, projectId);
    const client = trail.client.as(claimsOn(caller, projectId));
    const found: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const { object, outcome } of ADMINISTRATION_SCENARIOS) {
      const call = ADMINISTRATION_CALLS[object as keyof typeof ADMINISTRATION_CALLS];
      found[object] = await call(client, projectId, keyId).then(outcomeOfResult, outcomeOfError);
      expected[object] = outcome[caller];
    }
    expect(found).toEqual(expected);
    expect(await trail.client.deleteProject(projectId)).toBe(caller !== 'owner');
  });

  test('every table, view and function of the schema stands in the matrix, with each of its commands', async () => {
    const relations = await trail.sql<{ name: string; kind: string }>(
      `select format('%s.%s', n.nspname, c.relname) as name, c.relkind as kind from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
       where n.nspname in ('public', 'optrail') and c.relkind in ('r', 'v', 'm', 'p', 'f')`,
    );
    const functions = await trail.sql<{ name: string }>(
      `select distinct format('%s.%s', n.nspname, p.proname) as name from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace where n.nspname in ('public', 'optrail')`,
    );
    const commandsOf = (kind: string) => (kind === 'm' ? ['select', 'refresh'] : ['select', 'insert', 'update', 'delete', 'truncate']);
    const wanted = [
      ...relations.flatMap(({ name, kind }) => commandsOf(kind).map((command) => `${command} ${name}`)),
      ...functions.filter(({ name }) => !INTERNAL_FUNCTIONS.includes(name)).map(({ name }) => `call ${name}`),
    ];
    expect(DATABASE_SCENARIOS.map(({ object, command }) => `${command} ${object}`).sort()).toEqual(wanted.sort());
    expect(Object.keys(SDK_CALLS).sort()).toEqual(SDK_SCENARIOS.map(({ object }) => object).sort());
    expect(Object.keys(ADMINISTRATION_CALLS).sort()).toEqual(ADMINISTRATION_SCENARIOS.map(({ object }) => object).sort());
  });

  test('nobody may call a function that stands in the matrix for nobody', async () => {
    const callable = await trail.sql<{ name: string }>(
      `select distinct p.oid::regproc::text as name from pg_proc as p, unnest(array['anon', 'authenticated', 'service_role']) as r(role)
       where p.pronamespace = 'optrail'::regnamespace and has_function_privilege(r.role, p.oid, 'execute')`,
    );
    expect(callable.map(({ name }) => name).filter((name) => INTERNAL_FUNCTIONS.includes(name))).toEqual([]);
    const byAnon = await trail.sql(
      `select p.oid::regproc::text as name from pg_proc as p
       where p.pronamespace in ('public'::regnamespace, 'optrail'::regnamespace) and has_function_privilege('anon', p.oid, 'execute')`,
    );
    expect(byAnon).toEqual([]);
  });

  test('the trail is as it was: nobody left anything', async () => {
    expect(await trail.client.getOptimizationRun(RUN_A)).toMatchObject({ notes: null, iterations: 1, samplesEvaluated: 1, bestScore: 0.5 });
    expect(await trail.sql("select user_id, role from optimization_project_members where project_id = 'A' order by user_id")).toEqual([
      { user_id: 'editor-of-a', role: 'editor' },
      { user_id: 'owner-of-a', role: 'owner' },
      { user_id: 'viewer-of-a', role: 'viewer' },
    ]);
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import { openEmbedded } from '../../src/database/embedded/engine.js';
import { type Database, TRUSTED } from '../../src/database/port.js';
import { openPostgres } from '../../src/database/postgres.js';
import { freshDatabase, freshDirectory, temporaryDirectory } from '../support/databases.js';
import { aRun } from '../support/records.js';

const TABLES = ['runs', 'iterations', 'samples', 'programs', 'examples', 'project_members'];
const TENANTS = ['A', 'B'];

async function fill(place: { directory: string } | { databaseUrl: string }): Promise<void> {
  await using client = createClient(place);
  for (const [index, projectId] of TENANTS.entries()) {
    const { id: runId } = await client.createOptimizationRun(aRun(projectId, { status: 'running', tags: ['ü'], config: { metric: 'm' } }));
    for (let iteration = 0; iteration < 3 + index; iteration += 1) {
      await client.createOptimizationIteration({ runId, iteration, score: 1 / (iteration + 3), program: { projectId, iteration } });
      const samples = [0, 1, 2].map((sampleIndex) => ({
        runId,
        iteration,
        sampleIndex,
        input: { sampleIndex, text: '\\ü\t"' },
        score: 0.1 + 0.2,
      }));
      await client.batchCreateOptimizationSamples(samples);
    }
    await client.updateOptimizationRun(runId, { status: 'completed' });
  }
  await client.refreshOptimizationAnalytics();
}

/** For each tenant and table the number of rows and a hash over all that is in them. */
async function digest(database: Database): Promise<unknown> {
  const sums = TABLES.flatMap((table) =>
    TENANTS.map(
      (
        tenant,
      ) => `select '${tenant} ${table}' as what, count(*) as rows, md5(coalesce(string_agg(t::text, e'\\n' order by t::text), '')) as hash
        from public.optimization_${table} as t where project_id = '${tenant}'`,
    ),
  );
  const state =
    "select 'analytics', count(*), md5(string_agg(a::text, e'\\n' order by a::text)) from public.optimization_run_analytics as a";
  const rows = await database.query(TRUSTED, { text: [...sums, state].join(' union all ') }).finally(() => database.close());
  expect(rows.filter(({ rows: count }) => Number(count) > 0).length).toBeGreaterThan(8);
  return rows;
}

test('a copy of a closed embedded directory holds the same rows of each tenant, and goes on', async () => {
  const directory = freshDirectory();
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  await fill({ directory });
  const copy = join(temporaryDirectory(), 'copy');
  cpSync(directory, copy, { recursive: true });
  expect(await digest(await openEmbedded({ directory: copy }))).toEqual(await digest(await openEmbedded({ directory })));
  await using client = createClient({ directory: copy });
  await client.createOptimizationRun(aRun('A'));
});

const hasTools = ['pg_dump', 'psql'].every((tool) => spawnSync(tool, ['--version']).status === 0);

// pg_dump refuses a server newer than itself; 15 is the oldest that Optrail takes. As a superuser: a role under RLS would dump no rows.
test.runIf(hasTools)('pg_dump and psql bring back the same rows of each tenant', async () => {
  const [from, to] = [await freshDatabase(15, { migrated: true }), await freshDatabase(15)];
  await fill({ databaseUrl: from });
  const dump = execFileSync('pg_dump', ['--dbname', from], { maxBuffer: 64 << 20 });
  execFileSync('psql', ['--quiet', '--no-psqlrc', '--set', 'ON_ERROR_STOP=1', '--dbname', to], {
    input: dump,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  expect(await digest(openPostgres({ url: to }))).toEqual(await digest(openPostgres({ url: from })));
  await using client = createClient({ databaseUrl: to });
  await client.createOptimizationRun(aRun('A'));
});

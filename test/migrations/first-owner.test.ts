import pg from 'pg';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import { migrate } from '../../src/database/migrate.js';
import { MIGRATIONS } from '../../src/database/migrations.generated.js';
import { openPostgres } from '../../src/database/postgres.js';
import { MAJORS, startServer } from '../support/postgres.js';

const NAMES = MIGRATIONS.map(({ name }) => name);

// A server of its own: on the shared one a superuser has made the roles before.
test.each(MAJORS)('an ordinary owner installs on an empty PostgreSQL %i, making the roles, and users record', async (major) => {
  const server = await startServer(major);
  const superuser = new pg.Client({ connectionString: server.url });
  await superuser.connect();
  await superuser.query('create role boss login nosuperuser createrole');
  await superuser.query('create database app owner boss');
  await superuser.end();
  const url = server.url.replace('postgres@', 'boss@').replace(/postgres$/, 'app');

  const database = openPostgres({ url });
  expect(await migrate(database)).toMatchObject({ applied: NAMES });
  expect(await migrate(database)).toMatchObject({ applied: [], unchanged: NAMES });
  await database.close();

  const client = createClient({ databaseUrl: url });
  const run = await client.createOptimizationRun({
    projectId: 'p',
    runName: 'own',
    optimizerType: 'gepa',
    status: 'completed',
    finalScore: 0.5,
  });
  const key = client.as({ optrail_projects: { p: 'editor' } });
  await key.createOptimizationIteration({ runId: run.id, iteration: 0, score: 0.5 });
  await client.refreshOptimizationAnalytics();
  expect(await key.getOptimizationAnalytics('p')).toMatchObject([{ totalRuns: 1, maxFinalScore: 0.5 }]);
  expect(await client.as({ sub: 'stranger' }).getOptimizationRun(run.id)).toBeNull();
  await client.close();
  await server.stop();
});

import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import { createServer } from '../../src/server.js';
import { freshDatabase } from '../support/databases.js';
import { aRun, newProject } from '../support/records.js';
import { asSuperuser } from '../support/sql.js';
import { ask } from './access/served.js';

test('a database that takes no writes is read through the SDK and the server, with API keys, and refuses writes by a code', async () => {
  const databaseUrl = await freshDatabase(18, { migrated: true });
  const client = createClient({ databaseUrl });
  const projectId = newProject();
  const { id } = await client.createOptimizationRun(aRun(projectId));
  const { secret } = await client.createApiKey(projectId, { name: 'k' });
  const { secret: revoked, id: keyId } = await client.createApiKey(projectId, { name: 'r' });
  await client.revokeApiKey(projectId, keyId);
  await client.close();
  await asSuperuser(databaseUrl, `alter database ${new URL(databaseUrl).pathname.slice(1)} set default_transaction_read_only = on`);

  const reader = createClient({ databaseUrl });
  const server = createServer({ databaseUrl });
  onTestFinished(async () => {
    await reader.close();
    await server.close();
  });
  expect(await reader.getOptimizationRun(id)).toMatchObject({ id });
  await expect(reader.updateOptimizationRun(id, { notes: 'x' })).rejects.toMatchObject({ code: 'read_only_database', retryable: false });
  expect(await ask(server, `/v1/runs/${id}`, { bearer: secret })).toMatchObject({ status: 200, body: { id } });
  expect((await ask(server, `/v1/runs/${id}`, { bearer: revoked })).status).toBe(401);
  const write = await ask(server, `/v1/runs/${id}`, { method: 'PATCH', bearer: secret, body: { notes: 'x' } });
  expect(write).toMatchObject({ status: 503, body: { code: 'read_only_database', hint: 'Connect to the primary for writes.' } });
  expect(write.headers.get('retry-after')).toBeNull();
});

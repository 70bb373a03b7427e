import { expect, test } from 'vitest';
import { snakeCase } from '../../src/store/case.js';
import { BATCH_COLUMNS } from '../../src/store/sample-ingest/columns.js';
import { freshDatabase } from '../support/databases.js';
import { asSuperuser } from '../support/sql.js';

test('the columns of a batch are the parameters of record_samples, in its order and of its types', async () => {
  const [row] = await asSuperuser(
    await freshDatabase(18, { migrated: true }),
    `select proargnames as names, array(select t::regtype::text from unnest(proargtypes) as t) as types
     from pg_proc where oid = 'optrail.record_samples'::regproc`,
  );
  const { names, types } = row as { names: string[]; types: string[] };
  const [first, last] = [1, 1 + BATCH_COLUMNS.length];
  expect(BATCH_COLUMNS.map(({ type }) => type)).toEqual(types.slice(first, last));
  // Names are plurals there: `latencyMs` is p_latencies.
  expect(BATCH_COLUMNS.map(({ name }) => `p_${snakeCase(name).slice(0, 4)}`)).toEqual(
    names.slice(first, last).map((name) => name.slice(0, 6)),
  );
  expect(names.slice(last)).toEqual(['p_hashes', 'p_example_hashes', 'p_example_contents']);
});

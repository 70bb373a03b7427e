import { expect, test } from 'vitest';
import { freshDatabase, temporaryDirectory } from '../support/databases.js';
import { blackhole, complaints } from './blackhole.js';

test('a network that swallows everything: the optimizer goes on, its rows wait on disk, and all arrive, once', {
  timeout: 90_000,
}, async () => {
  const url = await freshDatabase(18, { migrated: true });
  const verdict = await blackhole(url, temporaryDirectory(), { seconds: 6, isReset: true });
  expect(complaints(verdict), JSON.stringify(verdict)).toEqual([]);
  expect(verdict).toMatchObject({ calls: 70, stored: 700 });
  // Nothing came through meanwhile.
  expect(verdict.during).toMatchObject({ acknowledged: 10, pending: 60 });
});

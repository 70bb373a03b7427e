import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'vitest';
import { pgbouncerVersion } from '../support/pgbouncer.js';

const folder = resolve('test/contract');

/** The contract of the helper functions, behind PgBouncer in transaction mode. */
process.env.OPTRAIL_TEST_POOLER = 'transaction';
if (pgbouncerVersion() === null) test.skip('PgBouncer is not installed', () => {});
else
  for (const file of readdirSync(folder)) {
    // Their subject is the embedded database, which has no pooler.
    if (file.endsWith('.test.ts') && file !== 'input.test.ts') await import(/* @vite-ignore */ join(folder, file));
  }

import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'vitest';
import { type PoolMode, pgbouncerVersion } from '../support/pgbouncer.js';

/** Runs the contract of the helper functions behind PgBouncer. */
export async function contractBehind(mode: PoolMode): Promise<void> {
  if (pgbouncerVersion() === null) return void test.skip('PgBouncer is not installed', () => {});
  process.env.OPTRAIL_TEST_POOLER = mode;
  const folder = resolve('test/contract');
  for (const file of readdirSync(folder)) if (file.endsWith('.test.ts')) await import(/* @vite-ignore */ join(folder, file));
}

import { expect, inject, test } from 'vitest';
import { temporaryDirectory } from '../support/databases.js';
import { canMount, fillDisk, type Scarcity } from './disk.js';

const FORMS: readonly Scarcity[] = ['a tmpfs of 72 MB', 'files of 20 MB at most'];

/** The tmpfs where one can be mounted, which is the real thing; the limit anywhere. */
const [form = 'files of 20 MB at most'] = FORMS.filter((each) => each === 'files of 20 MB at most' || canMount());

test(`a full disk (${form}) is a typed error; what was acknowledged is there, and it goes on after`, { timeout: 120_000 }, async () => {
  const verdict = await fillDisk(form, inject('embedded'), temporaryDirectory());
  expect(verdict).toMatchObject({ lost: 0, twice: 0, goesOn: true });
  expect(verdict.acknowledged).toBeGreaterThan(5);
  expect(verdict.stored).toBe(verdict.acknowledged);
  expect(verdict.refusals).toEqual(Array(3).fill({ code: 'disk_full', retryable: true, hint: expect.any(String) }));
});

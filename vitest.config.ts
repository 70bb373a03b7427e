import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/support/closing-line.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What a page shows in the end may take a busy machine longer than the second that is usual.
    expect: { poll: { timeout: 10_000 } },
    reporters: ['default', new ClosingLine()],
  },
});

import type { Reporter, TestModule } from 'vitest/node';

/** Ends the output with one line for people and scripts: `12 passed, 0 failed`. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        if (state === 'failed') failed += 1;
      }
      // A file that cannot be loaded, or a hook that fails, has no failed test to show for it.
      for (const block of [module, ...module.children.allSuites()]) failed += block.errors().length;
    }
    console.log(`${passed} passed, ${failed} failed`);
  }
}

import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { CHROMIUM, CHROMIUM_FLAGS } from './chromium.js';

// None may be missing where the tests have to say something.
const found = existsSync(CHROMIUM);
if (!found && process.env.CI === 'true') throw new Error(`There is no browser at ${CHROMIUM}; set CHROME to where one is.`);

export const noBrowser = !found;

/** A real browser for a test file. Each page must have met no error by the end of its test, unless the test expects it. */
export function useBrowser(): {
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  /** What pages complain of that fits is expected in this test. */
  expectComplaint(pattern: RegExp): void;
} {
  let browser: Browser | undefined;
  let contexts: BrowserContext[] = [];
  let complaints: string[] = [];
  let expected: RegExp[] = [];

  beforeAll(async () => {
    if (found) browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    const unexpected = complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint)));
    contexts = [];
    complaints = [];
    expected = [];
    expect(unexpected).toEqual([]);
  });

  return {
    async open(url, options = {}) {
      if (browser === undefined) throw new Error('the browser is open inside tests only');
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        locale: 'en-US',
        reducedMotion: 'reduce',
        ...options,
      });
      context.setDefaultTimeout(10_000);
      contexts.push(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(`console: ${message.text()} ${message.location().url}`);
      });
      await page.goto(url);
      return page;
    },
    expectComplaint: (pattern) => void expected.push(pattern),
  };
}

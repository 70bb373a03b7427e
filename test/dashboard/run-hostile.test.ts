import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { noBrowser, useBrowser } from './browser.js';
import { HOSTILE, LONG_PROMPT, recordHostile } from './run-fixture.js';
import { useServed } from './served.js';

const PROJECT = 'hostile';

describe.skipIf(noBrowser)('a run of hostile texts', () => {
  let id = '';
  let large = '';
  const served = useServed({
    fill: async ({ client }) => {
      id = await recordHostile(client, PROJECT);
      ({ id: large } = await client.createOptimizationRun({ projectId: PROJECT, runName: '16 MB', optimizerType: 'custom' }));
      const program = `<script>window.hacked=1</script>${'A line of a very long prompt, with <b>marks</b>.\n'.repeat(340_000)}The end.`;
      await client.createOptimizationIteration({ runId: large, iteration: 0, score: 0.5, program });
    },
  });
  const browser = useBrowser();
  const address = (view: string) => `${served.url}/runs/${id}?project=${PROJECT}&${view}`;
  const harmless = async (page: Page) => {
    expect(await page.evaluate(() => (window as { hacked?: string }).hacked)).toBeUndefined();
    expect(await page.locator('#main :is(script, img, iframe, [onerror], [onload])').count()).toBe(0);
  };

  test('is text in every view', async () => {
    const page = await browser.open(address(''));
    await page.getByRole('heading', { name: HOSTILE.image }).waitFor();
    const views = [
      '',
      'tab=iterations&iteration=1',
      'tab=candidates',
      'tab=prompts',
      'tab=prompts&layout=side',
      'tab=samples&sample=0',
      'tab=samples&sample=0&changedVs=0',
      'tab=matrix',
      'tab=matrix&as=list',
      'tab=parameters',
      'tab=pareto',
      'tab=configuration',
    ];
    for (const view of views) {
      await page.goto(address(view));
      await page.getByRole('tabpanel').locator('> *').first().waitFor();
      await page.getByRole('status', { name: /Loading|Comparing/ }).waitFor({ state: 'detached' });
      await harmless(page);
    }
  });

  test('characters that turn text around or hide are shown by their names', async () => {
    const page = await browser.open(address('iteration=1'));
    const reason = page.getByRole('complementary', { name: 'Iteration 1' });
    await reason.getByText('U+202E').first().waitFor();
    expect(await page.locator('#main').innerText()).not.toMatch(/[\u202e\u2066\u200b]/);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('U+202E');
  });

  test('a prompt of a million characters is cut, shown whole when asked for, and compared by word', async () => {
    const page = await browser.open(address('tab=prompts&as=diff'));
    const long = page.getByRole('region', { name: 'long' });
    await expect.poll(() => long.getByTestId('diff-summary').innerText()).toContain('1 word added');
    expect((await long.locator('ins').allInnerTexts()).join('')).toContain('Indeed.');
    expect((await long.innerText()).length).toBeLessThan(10_000);
    await page.getByRole('button', { name: 'Parent' }).click();
    await page.goto(address('tab=prompts&of=0'));
    const alone = page.getByRole('region', { name: 'long' });
    await alone.getByText('The first 20,000 of').waitFor();
    const took = await page.evaluate(async () => {
      const before = performance.now();
      [...document.querySelectorAll<HTMLElement>('section[aria-label=long] button')]
        .find(({ textContent }) => textContent === 'Show all')
        ?.click();
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
      return performance.now() - before;
    });
    expect(took).toBeLessThan(5_000);
    await alone.getByText('All 1,100,008 characters.').waitFor();
    expect(await alone.evaluate((element, end) => element.textContent?.includes(end), LONG_PROMPT.slice(-200))).toBe(true);
    await harmless(page);
  });

  test('a prompt of 16 MB is cut, and the page stays awake', async () => {
    const page = await browser.open(`${served.url}/runs/${large}?project=${PROJECT}&tab=prompts&of=0`);
    await page.getByText('The first 20,000 of').waitFor({ timeout: 30_000 });
    const late = await page.evaluate(() => {
      const before = performance.now();
      return new Promise<number>((resolve) => setTimeout(() => resolve(performance.now() - before), 0));
    });
    expect(late).toBeLessThan(2_000);
    expect((await page.locator('#main').innerText()).length).toBeLessThan(30_000);
    await harmless(page);
  });

  test('the winning prompt is copied as it is, with every character', async () => {
    const page = await browser.open(address(''), { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Copy in another form' }).click();
    await page.getByRole('menuitem', { name: 'As recorded' }).click();
    await expect.poll(() => page.evaluate(async () => (await navigator.clipboard.readText()).length)).toBeGreaterThan(1_000_000);
    const program = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(program[HOSTILE.script]).toBe(`${Object.values(HOSTILE).join('\n')}\nBe exact.`);
  });
});

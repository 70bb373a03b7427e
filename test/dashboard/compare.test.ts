import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { noBrowser, useBrowser } from './browser.js';
import { recordRun } from './fixture.js';
import { useServed } from './served.js';

const PROJECT = 'compared';
/** What would do harm in a page that took prompts for HTML, and what would turn its lines round. */
const HOSTILE = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script> \u202Etxt.exe\u202C {{7*7}}';
/** As it is shown: what cannot be seen goes by its name. */
const SHOWN = HOSTILE.replace('\u202E', 'U+202E').replace('\u202C', 'U+202C');

const figures = (page: Page, field: string) =>
  page
    .getByRole('row', { name: new RegExp(`^${field}`) })
    .getByRole('cell')
    .allInnerTexts();

describe.skipIf(noBrowser)('comparing runs', () => {
  let ids: string[] = [];
  const served = useServed({
    fill: async ({ client }) => {
      const config = { optimizer: 'gepa', metric: 'accuracy' };
      ids = [
        await recordRun(client, PROJECT, {
          name: 'first',
          iterations: 10,
          samples: 20,
          ceiling: 0.9,
          seed: 3,
          run: { optimizerType: 'gepa', config: { ...config, gepa: { seed: 1 } } },
        }),
        await recordRun(client, PROJECT, {
          name: 'second',
          iterations: 16,
          samples: 20,
          ceiling: 0.99,
          seed: 8,
          run: { optimizerType: 'gepa', config: { ...config, gepa: { seed: 2 } } },
        }),
        await recordRun(client, PROJECT, { name: 'third', iterations: 4, samples: 0, seed: 21, run: { config: { metric: 'f1' } } }),
      ];
      for (const id of ids.slice(0, 2)) {
        const best = id === ids[0] ? 'bug' : HOSTILE;
        const { iteration } = await client.createOptimizationIteration({
          runId: id,
          projectId: PROJECT,
          iteration: 100,
          score: 1,
          program: { answer: best },
        });
        await client.batchCreateOptimizationSamples(
          [0, 1, 2].map((sampleIndex) => ({
            runId: id,
            iteration,
            sampleIndex,
            input: `example ${sampleIndex}`,
            expectedOutput: 'bug',
            predictedOutput: sampleIndex === 0 ? best : 'bug',
            score: id === ids[0] ? [1, 0, 1][sampleIndex] : [0, 1, 1][sampleIndex],
          })),
        );
      }
    },
  });
  const browser = useBrowser();
  const open = (search = '', runs = ids.slice(0, 2)) =>
    browser.open(`${served.url}/compare?project=${PROJECT}&runs=${runs.join(',')}${search}`);

  test('shows what differs, and the rest when it is asked for', async () => {
    const page = await open();
    await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
    expect(await figures(page, 'gepa.seed')).toEqual(['1', '2']);
    expect(await page.getByRole('row', { name: /^Metric/ }).count()).toBe(0);
    await page.getByRole('checkbox', { name: /^Show what is alike/ }).check();
    expect(await figures(page, 'Metric')).toEqual(['accuracy', 'accuracy']);
    await expect.poll(() => new URL(page.url()).searchParams.get('columns')).toBe('all');
  });

  test('marks the better value, and a dearer run as worse', async () => {
    const page = await open();
    const [first, second] = await Promise.all(ids.slice(0, 2).map((id) => served.trail.client.getOptimizationRun(id)));
    const dearer = (second?.totalCostUsd ?? 0) > (first?.totalCostUsd ?? 0);
    const cost = page.getByRole('row', { name: /^Cost/ }).getByRole('cell');
    await cost.first().waitFor();
    expect(await cost.nth(dearer ? 0 : 1).innerText()).toContain('best');
    expect(
      await cost
        .nth(1)
        .locator(`[title$="${dearer ? 'worse' : 'better'}"]`)
        .count(),
    ).toBe(1);
  });

  test('draws the curves by iteration, metric calls, cost and time, and says the same as a table and in words', async () => {
    const page = await open();
    const frame = page.getByRole('region', { name: 'Best score so far' });
    await frame.locator('canvas').waitFor();
    await frame.getByText('A ends at 1.000 (iteration: 100)').waitFor();
    for (const [axis, said] of [
      ['calls', /metric calls: \d+/],
      ['cost', /cost: \$0\.\d+/],
      ['time', /time: \d/],
    ] as const) {
      await frame.getByRole('combobox', { name: 'By' }).selectOption(axis);
      await frame.getByText(said).waitFor();
      expect(new URL(page.url()).searchParams.get('axis')).toBe(axis);
    }
    await frame.getByRole('button', { name: 'Show as table' }).click();
    expect(await frame.getByRole('row').count()).toBeGreaterThan(3);
  });

  test('joins samples by their example: the worst regression first, with both outputs and what differs', async () => {
    const page = await open('&tab=samples');
    const samples = page.getByRole('list', { name: 'Samples' }).getByRole('listitem');
    await samples.first().waitFor();
    expect(await samples.evaluateAll((items) => items.map((item) => /regressed|improved|same/.exec(item.textContent ?? '')?.[0]))).toEqual([
      'regressed',
      'same',
      'improved',
    ]);
    await samples.first().getByRole('button').click();
    await samples.first().locator('ins').filter({ hasText: 'onerror' }).first().waitFor();
    await page.getByRole('button', { name: /^Improved/ }).click();
    await expect.poll(() => samples.count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('show')).toBe('improved');
  });

  test('tells prompts apart by word, and shows them as the text that they are', async () => {
    const page = await open('&tab=prompts');
    await page.locator('ins').first().waitFor();
    expect(await page.getByRole('tabpanel').innerText()).toContain(SHOWN);
    expect(await page.getByRole('tabpanel').locator('img, script').count()).toBe(0);
    expect(await page.title()).toBe('Optrail');
  });

  test('warns of scores that do not measure the same thing', async () => {
    const page = await open('', ids);
    await page.getByText('These runs differ in metric: their scores do not measure the same thing.').waitFor();
    await page.getByRole('button', { name: 'Leave third out' }).click();
    await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
  });

  test('goes on without a run that is not there, and says what to do where there are too few', async () => {
    browser.expectComplaint(/404/);
    const page = await open('', [...ids.slice(0, 2), '01900000-0000-7000-8000-000000000000']);
    await page.getByText('One of these runs is not there').waitFor();
    await page.getByRole('link', { name: 'Go on without' }).click();
    await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
    const alone = await open('', ids.slice(0, 1));
    await alone.getByText('Nothing to compare yet').waitFor();
  });
});

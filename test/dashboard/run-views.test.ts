import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { seriousFindings } from './axe.js';
import { noBrowser, useBrowser } from './browser.js';
import { recordRuns } from './run-fixture.js';
import { useServed } from './served.js';

const PROJECT = 'triage';

const search = (page: Page) => new URL(page.url()).searchParams;
const tab = (page: Page, name: string | RegExp) => page.getByRole('tab', { name });
const grid = (page: Page, name: string) => page.getByRole('grid', { name });
const drawer = (page: Page, iteration: number) => page.getByRole('complementary', { name: `Iteration ${iteration}` });

describe.skipIf(noBrowser)('the page of a run', () => {
  let ids: Awaited<ReturnType<typeof recordRuns>>;
  const served = useServed({
    fill: async ({ client }) => {
      ids = await recordRuns(client, PROJECT);
    },
  });
  const browser = useBrowser();
  const open = (run: keyof typeof ids, view = '', options = {}) =>
    browser.open(`${served.url}/runs/${ids[run]}?project=${PROJECT}${view === '' ? '' : `&${view}`}`, options);

  describe('the header', () => {
    test('holds the score against the baseline, and the figures of the run', async () => {
      const page = await open('gepa');
      await page.getByRole('heading', { name: 'triage with GEPA' }).waitFor();
      const header = page.locator('#main header').first();
      const text = (await header.innerText()).replaceAll(/\s+/g, ' ');
      expect(text).toContain('0.900 against 0.500 before');
      expect(text).toContain('better by 0.400 (+80.0%)');
      expect(text).toContain('completed');
      expect(text).toContain('gpt-5-mini');
      expect(text).toMatch(/Iterations 14 Samples 155 46 failed Cost \$0\.\d+ Tokens [\d.]+K Duration 3m 4s/);
    });

    test('says in plain words where nothing was won, and why a run failed with its stack', async () => {
      const vain = await open('unimproved');
      await vain.getByText('no improvement: the original stays').waitFor();
      const failed = await open('failed');
      const error = failed.getByRole('region', { name: 'Error' });
      await error.getByText('insufficient_quota', { exact: true }).waitFor();
      await error.getByText('Stack').click();
      await error.getByText('at evaluate (optimize.ts:41:11)').waitFor();
    });

    test('takes tags, notes and a pin', async () => {
      const page = await open('failed');
      await page.getByRole('button', { name: 'Add a tag' }).click();
      await page.getByRole('textbox', { name: 'New tag' }).fill('ask again');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Remove the tag ask again' }).waitFor();
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('textbox', { name: 'Notes' }).fill('Asked for.');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Asked for.').waitFor();
      await page.getByRole('button', { name: 'Pin' }).click();
      await page.getByRole('button', { name: 'Pinned', pressed: true }).waitFor();
      const run = await served.trail.client.getOptimizationRun(ids.failed);
      expect(run?.tags).toEqual(['ask again', 'pinned']);
      expect(run?.notes).toBe('Asked for.');
      await page.getByRole('button', { name: 'Remove the tag ask again' }).click();
      await expect.poll(async () => (await served.trail.client.getOptimizationRun(ids.failed))?.tags).toEqual(['pinned']);
    });

    test('gives the winning prompt away as text and as JSON', async () => {
      const page = await open('gepa', '', { permissions: ['clipboard-read', 'clipboard-write'] });
      await page.getByRole('button', { name: 'Copy the winning prompt' }).click();
      const copied = () => page.evaluate(() => navigator.clipboard.readText());
      await expect.poll(copied).toContain('You sort support tickets.');
      expect(await copied()).toContain('# Demonstrations for root');
      await page.getByRole('button', { name: 'as JSON' }).click();
      await expect.poll(copied).toMatch(/^\{/);
      const best = await served.trail.client.getBestIteration(ids.gepa);
      expect(JSON.parse(await copied())).toEqual(best?.program);
    });

    test('exports iterations as CSV and the run as JSON', async () => {
      const page = await open('gepa');
      const exported = async (item: string) => {
        await page.getByRole('button', { name: 'Export', exact: true }).click();
        const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: item }).click()]);
        return readFileSync(await file.path(), 'utf8');
      };
      const lines = (await exported('Iterations as CSV')).split('\r\n');
      expect(lines[0]).toContain('iteration,status,evalKind,decision');
      expect(lines.filter((line) => /^\d+,/.test(line))).toHaveLength(14);
      const run = JSON.parse(await exported('Run with iterations as JSON'));
      expect(run).toMatchObject({ id: ids.gepa, bestIteration: 12 });
      expect(run.iterationRows).toHaveLength(14);
    });
  });

  test('the progress chart says in words what it shows, and is a table where one wishes', async () => {
    const page = await open('gepa');
    const chart = page.getByRole('img', { name: /^Progress\. 14 iterations; best 0\.900 at iteration 12; began at 0\.500; 1 without/ });
    await chart.locator('canvas').waitFor();
    await page.getByRole('button', { name: 'Show as table' }).click();
    const rows = page.getByRole('table', { name: 'Progress' }).getByRole('row');
    expect(await rows.count()).toBe(15);
    expect((await rows.nth(9).innerText()).split(/\s+/)).toEqual(['#8', '0.800', '0.800', 'full', 'accepted', 'completed']);
    await page.getByRole('button', { name: 'Open iteration 8' }).click();
    await drawer(page, 8).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Show as chart' }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export as PNG' }).click()]);
    expect(
      readFileSync(await file.path())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  test('a mark of the chart opens its iteration', async () => {
    const page = await open('unimproved');
    const canvas = page.getByRole('img', { name: /^Progress/ }).locator('canvas');
    await canvas.waitFor();
    const box = await canvas.boundingBox();
    if (box === null) throw new Error('the chart is not there');
    // The first of two iterations stands at the left end of the axis, at the bottom: its score is the lower.
    await expect
      .poll(async () => {
        for (let x = 20; x < 70; x += 6) await page.mouse.click(box.x + x, box.y + box.height - 26);
        return search(page).get('iteration');
      })
      .toBe('0');
    await drawer(page, 0).waitFor();
  });

  describe('the iterations', () => {
    test('are filtered and ordered in the address; a link shows the same, and back undoes it', async () => {
      const page = await open('gepa', 'tab=iterations');
      await grid(page, 'Iterations').waitFor();
      await page.getByRole('button', { name: 'Decision' }).click();
      await page.getByRole('checkbox', { name: 'rejected' }).check();
      await page.keyboard.press('Escape');
      await page.getByText('3 of 14 iterations').waitFor();
      await page.getByRole('columnheader', { name: 'Score' }).getByRole('button').click();
      await expect.poll(() => search(page).get('order')).toBe('score');
      const first = (other: Page) => grid(other, 'Iterations').getByRole('row').nth(1).innerText();
      await expect.poll(() => first(page)).toMatch(/^9\s+0\.600/);

      const other = await browser.open(page.url());
      await other.getByText('3 of 14 iterations').waitFor();
      expect(await first(other)).toMatch(/^9\s+0\.600/);
      expect(await other.getByRole('columnheader', { name: 'Score' }).getAttribute('aria-sort')).toBe('descending');
      await page.goBack();
      await page.goBack();
      await page.getByText('14 iterations', { exact: true }).waitFor();
    });

    test('are walked through by keyboard: arrows, j and k, Enter, brackets, Escape', async () => {
      const page = await open('gepa', 'tab=iterations');
      const rows = grid(page, 'Iterations').getByRole('row');
      await rows.nth(1).focus();
      for (const key of ['ArrowDown', 'j', 'j', 'k']) await page.keyboard.press(key);
      await page.keyboard.press('Enter');
      await drawer(page, 2).waitFor();
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Iteration 2');
      await page.keyboard.press(']');
      await drawer(page, 3).getByText('0.4 on the minibatch is no better than its parent.').waitFor();
      await page.keyboard.press('[');
      await drawer(page, 2).waitFor();
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('complementary').count()).toBe(0);
      expect(search(page).has('iteration')).toBe(false);
      await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('row');
    });

    test('one has its reason, its parents, its parameters, its prompt and its error', async () => {
      const page = await open('gepa', 'iteration=7');
      const panel = drawer(page, 7);
      for (const text of ['Merged from', '#2', '#5', 'role:', 'A question about how something works is how_to.']) {
        await panel.getByText(text).first().waitFor();
      }
      await page.goto(page.url().replace('iteration=7', 'iteration=10'));
      await drawer(page, 10).getByText('The model answered 429: too many requests').waitFor();
      await page.goto(page.url().replace('iteration=10', 'iteration=99'));
      await drawer(page, 99).getByText('This run has no iteration 99.').waitFor();
    });
  });

  test('the candidates are a tree whose merges have two parents, walked by arrow keys, and a list', async () => {
    const page = await open('gepa', 'tab=candidates');
    await page.getByText('9 candidates, 1 made by merging two others, 4 accepted, 3 rejected.').waitFor();
    const merge = page.getByRole('button', { name: /^Candidate #7 ×2 ?0\.800 ?accepted, merge ?, from 1 and 4$/ });
    await merge.waitFor();
    expect(await page.locator('.react-flow__edge').count()).toBe(9);
    await page.getByRole('button', { name: /^Candidate #0 .*baseline/ }).focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    expect(focused).toMatch(/^Candidate #(9|10|11)/);
    await page.getByRole('button', { name: /^Candidate #11 .*best/ }).focus();
    await page.keyboard.press('Enter');
    await drawer(page, 12).waitFor();

    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Show as list' }).click();
    const rows = page.getByRole('table', { name: 'Candidates' }).getByRole('row');
    expect((await rows.nth(6).innerText()).replaceAll(/\s+/g, ' ')).toBe('#7 accepted 0.800 #1 #4 merge #7 #8');
  });

  describe('the prompts', () => {
    test('of the best against the baseline, its parent, and any other', async () => {
      const page = await open('gepa');
      await page.getByRole('button', { name: 'What changed' }).click();
      const verdict = page.getByTestId('prompt-verdict');
      await expect.poll(() => verdict.innerText()).toBe('#0 · baseline · 0.500 → #12 · best · 0.900');
      await expect.poll(() => page.locator('ins').allInnerTexts()).toEqual([expect.stringContaining('A fault that the writer can repeat')]);
      await page.getByRole('button', { name: 'Parent' }).click();
      await expect.poll(() => verdict.innerText()).toBe('#8 · 0.800 → #12 · best · 0.900');
      await expect.poll(() => page.getByTestId('diff-summary').innerText()).toBe('12 words added');
      await page.getByRole('combobox', { name: 'or' }).selectOption('5');
      await expect.poll(() => search(page).get('against')).toBe('5');
      await page.getByRole('combobox', { name: 'Prompt of' }).selectOption('2');
      await expect
        .poll(async () => (await page.locator('del').allInnerTexts()).join(' … '))
        .toContain('question about how something works');
      expect(await page.getByText('unchanged').count()).toBe(1);
    });

    test('side by side, and DSPy programs with the fields of their signatures', async () => {
      const page = await open('mipro', 'tab=prompts&layout=side');
      const table = page.getByRole('table', { name: 'The two texts, line beside line' });
      await table.waitFor();
      const cells = await table.getByRole('row').nth(1).getByRole('cell').allInnerTexts();
      expect(cells).toEqual(['You sort support tickets.', 'You sort support tickets.']);
      await page.getByText('Ticket: what the writer wrote').first().waitFor();
    });
  });

  describe('the samples', () => {
    test('of an iteration: failed ones, changed ones, and one with all it says', async () => {
      const page = await open('gepa', 'tab=samples');
      await page.getByText('20 samples', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Failed only' }).click();
      await page.getByText('2 samples', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Failed only' }).click();
      await page.getByRole('button', { name: 'Changed only' }).click();
      await page.getByText('8 samples', { exact: true }).waitFor();
      await grid(page, 'Samples').getByRole('row').nth(1).click();
      const sample = page.getByRole('region', { name: /^Sample \d+$/ });
      await sample.getByText(/Predicted, against iteration 0/).waitFor();
      await expect.poll(() => sample.locator('del').count()).toBeGreaterThan(0);
      await page.keyboard.press('Escape');
      await expect.poll(() => sample.count()).toBe(0);
    });

    test('a link opens the sample, its feedback with it', async () => {
      const page = await open('gepa', 'tab=samples&of=0&failed=true');
      await grid(page, 'Samples').getByRole('row').nth(1).click();
      await expect.poll(() => search(page).has('sample')).toBe(true);
      const other = await browser.open(page.url());
      await other
        .getByRole('region', { name: /^Sample/ })
        .getByText(/read what the writer wants done/)
        .waitFor();
    });
  });

  test('the matrix: modes, keyboard, tooltip, opening a sample, and its table', async () => {
    const page = await open('gepa', 'tab=matrix');
    await page.getByText('20 examples, 13 iterations').waitFor();
    const matrix = page.getByRole('application');
    await matrix.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'End']) await page.keyboard.press(key);
    const told = page.getByRole('status').filter({ hasText: 'iteration' }).last();
    await expect.poll(() => told.innerText()).toMatch(/^ticket-1, iteration 13: (1\.000, passed|0\.000, failed)$/);
    await page.getByTestId('matrix-tip').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => [search(page).get('tab'), search(page).get('of'), search(page).get('sample')]).toEqual(['samples', '13', '1']);
    await page.getByRole('region', { name: 'Sample 1' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Full evaluations only' }).click();
    await page.getByText('20 examples, 5 iterations').waitFor();
    await page.getByRole('button', { name: 'Failures' }).click();
    await page.getByText(/^1\d of 20 examples, 5 iterations$/).waitFor();
    await page.getByRole('button', { name: 'Show as table' }).click();
    const rows = grid(page, 'Matrix of samples and iterations').getByRole('row');
    expect(await rows.nth(1).innerText()).toContain('✕ 0.000');
    expect(search(page).get('rows')).toBe('failures');
  });

  test('parameters are brushed along their axes, by hand and by number, in the address', async () => {
    const page = await open('mipro', 'tab=parameters');
    await page.getByText('45 of 45 iterations over 5 parameters.').waitFor();
    const canvas = page.getByRole('img', { name: /^Parameters and score/ }).locator('canvas');
    const box = await canvas.boundingBox();
    if (box === null) throw new Error('the chart is not there');
    await page.mouse.move(box.x + 48, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 48, box.y + 120, { steps: 4 });
    await page.mouse.move(box.x + 48, box.y + 180, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => search(page).get('brush')).toMatch(/^demos:[\d.]+\.\.[\d.]+$/);
    await page.getByRole('button', { name: 'Clear the brush' }).click();
    await page.getByText('45 of 45 iterations').waitFor();
    await page.getByText('Spans by number').click();
    await page.getByRole('spinbutton', { name: 'Least temperature' }).fill('0.9');
    await page.getByText(/^8 of 45 iterations/).waitFor();
    await page.getByRole('combobox', { name: 'Most teacher' }).selectOption('claude-opus');
    await page.getByText(/^4 of 45 iterations/).waitFor();
    const other = await browser.open(page.url());
    await other.getByText(/^4 of 45 iterations/).waitFor();
  });

  test('trade-offs: what is on the front of two objectives', async () => {
    const page = await open('gepa', 'tab=pareto');
    await page.getByText('4 of 5 full evaluations are on the front: nothing beats them in both score and cost.').waitFor();
    await page.getByRole('combobox', { name: 'Across' }).selectOption('scores.brevity');
    await page.getByRole('button', { name: 'Show as table' }).click();
    const rows = await page.getByRole('table', { name: 'score against brevity' }).getByRole('row').allInnerTexts();
    expect(rows.map((row) => row.split(/\s+/)).slice(1)).toEqual([
      ['#12', '0.900', '0.600', 'yes'],
      ['#8', '0.800', '0.700', 'yes'],
      ['#2', '0.600', '0.800', 'no'],
      ['#5', '0.650', '0.800', 'yes'],
      ['#0', '0.500', '0.900', 'yes'],
    ]);
    expect(search(page).get('x')).toBe('scores.brevity');
  });

  test('the configuration, as text that folds', async () => {
    const page = await open('gepa', 'tab=configuration');
    const configuration = page.getByRole('region', { name: 'Configuration' });
    await configuration.getByText('gpt-5-mini').waitFor();
    await configuration.getByText('model_config').click();
    await configuration.getByText('gpt-5-mini').waitFor({ state: 'hidden' });
    await page.getByRole('region', { name: 'Metadata' }).getByText('abc1234').waitFor();
  });

  test('tabs go by arrow keys, and back leads through them', async () => {
    const page = await open('gepa');
    await tab(page, 'Overview').focus();
    for (const key of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await expect.poll(() => search(page).get('tab')).toBe('candidates');
    await page.keyboard.press('d');
    await expect.poll(() => search(page).get('tab')).toBe('prompts');
    await page.goBack();
    await page.goBack();
    await tab(page, /^Iterations/)
      .and(page.locator('[aria-selected=true]'))
      .waitFor();
  });

  const VIEWS = [
    '',
    'tab=iterations&iteration=7',
    'tab=candidates',
    'tab=prompts',
    'tab=samples&sample=1',
    'tab=matrix',
    'tab=parameters',
    'tab=pareto',
    'tab=configuration',
  ];

  test.each([
    { colorScheme: 'light', views: VIEWS },
    // Only colours are others, and these views have them all.
    { colorScheme: 'dark', views: ['iteration=10', 'tab=candidates', 'tab=prompts', 'tab=samples&of=0&sample=1'] },
  ] as const)('axe finds nothing serious in any view, $colorScheme', async ({ colorScheme, views }) => {
    const page = await open('gepa', '', { colorScheme });
    for (const view of views) {
      await page.goto(`${served.url}/runs/${ids.gepa}?project=${PROJECT}&${view}`);
      await page.getByRole('tabpanel').locator('> *').first().waitFor();
      await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
      expect(await seriousFindings(page, colorScheme === 'dark' ? ['color-contrast'] : []), view).toEqual([]);
    }
  });

  test('at 360 pixels nothing is wider than the page, nor lengthens the document', async () => {
    const page = await open('gepa', '', { viewport: { width: 360, height: 740 } });
    for (const view of VIEWS) {
      await page.goto(`${served.url}/runs/${ids.gepa}?project=${PROJECT}&${view}`);
      await page.getByRole('tabpanel').locator('> *').first().waitFor();
      const sizes = await page.evaluate(() => {
        const { scrollWidth, scrollHeight } = document.documentElement;
        return [scrollWidth, document.querySelector('main')?.scrollWidth, scrollHeight];
      });
      expect(sizes, view).toEqual([360, 360, 740]);
    }
  });
});

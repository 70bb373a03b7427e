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
      await expect.poll(() => first(page)).toMatch(/^9\s+60%/);

      const other = await browser.open(page.url());
      await other.getByText('3 of 14 iterations').waitFor();
      expect(await first(other)).toMatch(/^9\s+60%/);
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

  test('the candidates are a map whose merges have two parents, walked by arrow keys, and a table of all', async () => {
    const page = await open('gepa', 'tab=candidates');
    await page.getByRole('group', { name: /9 candidates, 1 made by merging two others, 4 accepted, 3 rejected\./ }).waitFor();
    const candidate = (name: RegExp) => page.getByRole('button', { name });
    await candidate(/^Candidate #8, 80%.*, from #2 and #5$/).waitFor();
    const edges = await page.locator('[data-edge]').evaluateAll((paths) => paths.map((path) => path.getAttribute('data-edge')));
    expect(edges.sort()).toEqual(['0>2', '0>5', '2>8', '5>8', '8>12']);
    const winner = candidate(/^Candidate #12, 90%.*, winner, from #8$/);
    expect(await winner.getAttribute('aria-pressed')).toBe('true');
    await winner.focus();
    for (const key of ['ArrowLeft', 'ArrowDown']) await page.keyboard.press(key);
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-candidate'))).toBe('5');
    await page.getByRole('heading', { name: '#5', exact: true }).waitFor();
    await page.getByRole('button', { name: 'All that was recorded' }).click();
    await drawer(page, 5).waitFor();

    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    const rows = grid(page, 'Candidates').getByRole('row');
    expect((await rows.nth(6).innerText()).replaceAll(/\s+/g, ' ')).toBe('#7 accepted merge 80% #1 #4 #7 #8');
  });

  describe('the prompts', () => {
    test('of the best against the baseline, its parent, and any other', async () => {
      const page = await open('gepa', 'tab=prompts&as=diff');
      const verdict = page.getByTestId('prompt-verdict');
      await expect.poll(() => verdict.innerText()).toBe('#0 · seed prompt · 50% → #12 · winner · 90%');
      await expect
        .poll(() => page.locator('ins').allInnerTexts())
        .toContainEqual(expect.stringContaining('A fault that the writer can repeat'));
      // A line under words would hide their underscores.
      expect(
        await page
          .locator('ins')
          .first()
          .evaluate((word) => getComputedStyle(word).textDecorationLine),
      ).toBe('none');
      await page.getByRole('button', { name: 'Parent', exact: true }).click();
      await expect.poll(() => verdict.innerText()).toBe('#8 · 80% → #12 · winner · 90%');
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
      const page = await open('mipro', 'tab=prompts&as=diff&layout=side');
      const table = page.getByRole('table', { name: 'The two texts, line beside line' });
      await table.waitFor();
      const cells = await table.getByRole('row').nth(1).getByRole('cell').allInnerTexts();
      expect(cells).toEqual(['You sort support tickets.', 'You sort support tickets.']);
      await page.getByText('Ticket: what the writer wrote').first().waitFor();
    });
  });

  describe('the answers', () => {
    test('of an iteration: wrong ones, changed ones, and one with all it says', async () => {
      const page = await open('gepa', 'tab=samples');
      await page.getByText('20 answers', { exact: true }).waitFor();
      // A score of 0 is wrong, and never passed.
      await page.getByRole('button', { name: 'wrong 2' }).click();
      await page.getByText('2 answers', { exact: true }).waitFor();
      expect(await grid(page, 'Answers').getByText('wrong', { exact: true }).count()).toBe(2);
      await page.getByRole('button', { name: /^All/ }).click();
      await page.getByRole('button', { name: 'Changed against the seed' }).click();
      await page.getByText('8 answers', { exact: true }).waitFor();
      await grid(page, 'Answers').getByRole('row').nth(1).click();
      const sample = page.getByRole('region', { name: /^Answer \d+$/ });
      await sample.getByText(/Answer, against iteration 0/).waitFor();
      await expect.poll(() => sample.locator('del').count()).toBeGreaterThan(0);
      await page.keyboard.press('Escape');
      await expect.poll(() => sample.count()).toBe(0);
    });

    test('a link opens the answer, its feedback with it; every column is an order', async () => {
      const page = await open('gepa', 'tab=samples&of=0&outcome=wrong');
      const answers = grid(page, 'Answers');
      await answers.getByRole('row').nth(1).click();
      await expect.poll(() => search(page).has('sample')).toBe(true);
      const other = await browser.open(page.url());
      await other
        .getByRole('region', { name: /^Answer/ })
        .getByText(/read what the writer wants done/)
        .waitFor();
      const headers = answers.getByRole('columnheader');
      expect(await headers.getByRole('button').count()).toBe(await headers.count());
    });
  });

  test('the matrix: filters with counts, keyboard, tooltip, an example with an address of its own, and the table of all', async () => {
    const page = await open('gepa', 'tab=matrix');
    await page.getByText('20 examples, 5 candidates').or(page.getByText('20 tickets, 5 candidates')).waitFor();
    const matrix = page.getByRole('application');
    await matrix.focus();
    for (const key of ['ArrowDown', 'End']) await page.keyboard.press(key);
    const told = page.getByRole('status').filter({ hasText: '#' }).last();
    await expect.poll(() => told.innerText()).toMatch(/^ticket-\d+, #12: (right|newly right|newly wrong|wrong)$/);
    await page.getByTestId('matrix-tip').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => search(page).has('example')).toBe(true);
    const panel = page.getByRole('region', { name: /^Example ticket-/ });
    await panel.getByText('Expected').waitFor();
    expect(await panel.getByRole('list', { name: 'Outcomes' }).getByRole('button').count()).toBe(5);
    const other = await browser.open(page.url());
    await other.getByRole('region', { name: /^Example ticket-/ }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => panel.count()).toBe(0);

    await page
      .getByRole('tabpanel')
      .getByRole('button', { name: /^Fixed 8$/ })
      .click();
    await page.getByText(/^8 of 20 tickets, 5 candidates$/).waitFor();
    expect(search(page).get('rows')).toBe('fixed');
    await page.getByRole('button', { name: 'Show as table, with all iterations' }).click();
    await page.getByText('20 examples, 13 iterations').waitFor();
    await page.getByRole('button', { name: 'Full evaluations' }).click();
    await page.getByText('20 examples, 5 iterations').waitFor();
    await grid(page, 'Matrix of examples and iterations').getByRole('row').nth(1).click();
    await expect.poll(() => [search(page).get('tab'), search(page).get('of'), search(page).has('sample')]).toEqual(['samples', '12', true]);
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
    await page.getByRole('combobox', { name: 'Horizontal' }).selectOption('scores.brevity');
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
    await expect.poll(() => search(page).get('tab')).toBe('matrix');
    await page.keyboard.press('d');
    await expect.poll(() => search(page).get('tab')).toBe('prompts');
    await page.goBack();
    await page.goBack();
    await tab(page, /^Candidates/)
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

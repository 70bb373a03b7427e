import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { noBrowser, useBrowser } from './browser.js';
import { fillProject, insertRuns, recordRun } from './fixture.js';
import { useServed } from './served.js';

const PROJECT = 'support-bot';
const BULK = 3_000;

const rows = (page: Page) => page.getByRole('row').filter({ has: page.getByRole('checkbox') });
const current = (page: Page) =>
  page.evaluate(
    () => document.getElementById(document.querySelector('[role=grid]')?.getAttribute('aria-activedescendant') ?? '')?.textContent,
  );
const search = (page: Page) => new URL(page.url()).searchParams;

describe.skipIf(noBrowser)('the list of runs', () => {
  let ids: string[] = [];
  const served = useServed({
    fill: async (trail) => {
      ids = await fillProject(trail.client, PROJECT, 12);
      await trail.client.updateOptimizationRun(ids[2] as string, { tags: ['pinned', 'nightly'], notes: 'The one that we ship.' });
      await insertRuns(trail, PROJECT, BULK);
      await recordRun(trail.client, 'other', { name: '=HYPERLINK("x")', iterations: 2, samples: 0, seed: 5 });
    },
  });
  const browser = useBrowser();
  const open = (path = `/?project=${PROJECT}`) => browser.open(served.url + path);

  test('shows the pinned runs first, then the newest, with their figures and curves, and how many there are', async () => {
    const page = await open();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(15);
    const [pinned, newest] = await Promise.all([rows(page).nth(0).innerText(), rows(page).nth(1).innerText()]);
    const run = await served.trail.client.getOptimizationRun(ids[2] as string);
    expect(pinned).toContain(run?.runName);
    expect(pinned).toContain(`${Math.round((run?.bestScore ?? 0) * 100)}%`);
    expect(newest).toContain((await served.trail.client.getOptimizationRun(ids[11] as string))?.runName);
    await page
      .getByRole('status')
      .getByText(`${(BULK + 12).toLocaleString('en-US')} runs`)
      .waitFor();
    await page
      .getByRole('img', { name: /^from \d+% to \d+%$/ })
      .first()
      .waitFor();
  });

  test('keeps only the rows in view in the document, and reads on as it is scrolled', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    const grid = page.getByRole('grid');
    await expect
      .poll(
        async () => {
          await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
          return page.getByText(/^bulk (8|9)\d\d$/).count();
        },
        { timeout: 15_000, interval: 50 },
      )
      .toBeGreaterThan(0);
    expect(await page.locator('[role=grid] [role=row]').count()).toBeLessThan(80);
  });

  test('keeps filters, order and columns in the address: a link shows the same view, and the back button leaves it', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'Optimizer' }).click();
    await page.getByRole('checkbox', { name: 'copro' }).check();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('bulk 29');
    await page.getByText('111 runs').waitFor();
    await page.getByRole('columnheader', { name: 'Points' }).getByRole('button').click();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Model' }).uncheck();
    await expect.poll(() => search(page).get('order')).toBe('improvement');
    expect(search(page).get('optimizer')).toBe('copro');
    expect(search(page).get('q')).toBe('bulk 29');
    await expect.poll(() => search(page).getAll('columns')).not.toContain('model');

    const other = await browser.open(page.url());
    await other.getByText('111 runs').waitFor();
    expect(await rows(other).first().innerText()).toContain('bulk 2999');
    expect(await other.getByRole('columnheader', { name: 'Model' }).count()).toBe(0);
    expect(await other.getByRole('columnheader', { name: 'Points' }).getAttribute('aria-sort')).toBe('descending');

    await other.getByRole('button', { name: 'Remove optimizer: copro' }).click();
    await expect.poll(() => search(other).get('optimizer')).toBeNull();
    await other.goBack();
    await expect.poll(() => search(other).get('optimizer')).toBe('copro');
  });

  test('says so where nothing matches, and takes the filters away', async () => {
    const page = await open(`/?project=${PROJECT}&q=nothing+has+this+name&status=nonsense`);
    await page.getByText('No run matches').waitFor();
    await page.getByRole('button', { name: 'Clear all filters' }).click();
    await rows(page).first().waitFor();
    expect(search(page).has('q')).toBe(false);
  });

  test('works by keyboard alone: j and k move, x selects, c compares, Enter opens, ? helps', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    await page.keyboard.press('?');
    await page
      .getByRole('dialog', { name: 'Keyboard' })
      .getByText('Compare runs, prompts')
      .or(page.getByText('Next run'))
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    for (const key of ['j', 'j', 'j', 'k', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText(/^2 runs( selected|, the same)/).waitFor();
    const chosen = await current(page);
    await page.keyboard.press('c');
    await page.getByRole('heading', { name: 'Compare 2 runs' }).waitFor();
    expect(search(page).get('runs')?.split(',')).toHaveLength(2);
    await page.goBack();
    await rows(page).first().waitFor();
    for (const key of ['j', 'j', 'j']) await page.keyboard.press(key);
    expect(await current(page)).toBe(chosen);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/runs/**');
  });

  test('edits tags and notes, and pins', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    for (const key of ['j', 'j', 't']) await page.keyboard.press(key);
    const dialog = page.getByRole('dialog', { name: 'Tags and notes' });
    await dialog.getByRole('textbox', { name: 'Tags' }).fill('shipped');
    await page.keyboard.press('Enter');
    await dialog.getByRole('textbox', { name: 'Notes' }).fill('Looked at by two.');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await served.trail.client.getOptimizationRun(ids[11] as string))?.tags).toContain('shipped');
    expect((await served.trail.client.getOptimizationRun(ids[11] as string))?.notes).toBe('Looked at by two.');
    await dialog.waitFor({ state: 'hidden' });
    // The list shows the tags as soon as their column is chosen.
    await page.goto(`${served.url}/?project=${PROJECT}&columns=name&columns=tags`);
    await page.getByText('shipped').first().waitFor();

    for (const key of ['j', 'j', 'p']) await page.keyboard.press(key);
    await page.getByText('Pinned', { exact: true }).first().waitFor();
    await expect.poll(async () => (await served.trail.client.getOptimizationRun(ids[11] as string))?.tags).toContain('pinned');
  });

  test('shows what is recorded elsewhere as it is committed, and reads no list again for it', async () => {
    const page = await open();
    await page.getByText('Live', { exact: true }).waitFor();
    await rows(page).first().waitFor();
    const { id } = await served.trail.client.createOptimizationRun({
      projectId: PROJECT,
      runName: 'born live',
      optimizerType: 'gepa',
      status: 'running',
    });
    await page.getByRole('link', { name: 'born live' }).waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await served.trail.client.createOptimizationIteration({ runId: id, iteration: 0, score: 0.125, isBaseline: true });
    await rows(page).filter({ hasText: 'born live' }).getByText('13%').waitFor();
    expect(asked).toContain(`/v1/runs/${id}`);
    expect(asked).not.toContain('/v1/runs');
    await served.trail.client.deleteOptimizationRun(id);
    await page.getByRole('link', { name: 'born live' }).waitFor({ state: 'detached' });
  });

  test('finds runs, prompts and pages from anywhere', async () => {
    const page = await open('/analytics?project=support-bot');
    await page.getByRole('heading', { name: 'Analytics' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('what the writer wants');
    const found = page.getByRole('option').filter({ hasText: 'wants done' });
    await found.first().waitFor();
    await found.first().click();
    await page.waitForURL(/\/runs\/.*iteration=\d+/);
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('leader');
    await page.getByRole('option', { name: 'Leaderboard', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/leaderboard**');
  });

  test('exports what no spreadsheet takes for a formula', async () => {
    const page = await open('/?project=other');
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'CSV of these columns' }).click(),
    ]);
    const text = readFileSync(await download.path(), 'utf8');
    expect(text).toContain('"\'=HYPERLINK(""x"")"');
    expect(download.suggestedFilename()).toBe('runs-other.csv');
  });

  test('wears the theme that its reader chose, and keeps it', async () => {
    const page = await open();
    await rows(page).first().waitFor();
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await background()).toBe('rgb(249, 250, 251)');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(background).toBe('rgb(11, 13, 16)');
    await page.getByRole('button', { name: /^Theme: system/ }).click();
    await expect.poll(background).toBe('rgb(249, 250, 251)');
    await page.reload();
    await page.getByRole('button', { name: /^Theme: light/ }).waitFor();
    expect(await background()).toBe('rgb(249, 250, 251)');
  });
});

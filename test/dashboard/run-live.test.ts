import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { aRun } from '../support/records.js';
import { noBrowser, useBrowser } from './browser.js';
import { useServed } from './served.js';

const PROJECT = 'live';

describe.skipIf(noBrowser)('a run that goes on', () => {
  const served = useServed();
  const browser = useBrowser();
  const start = async (iterations: number) => {
    const { client } = served.trail;
    const { id } = await client.createOptimizationRun(aRun(PROJECT, { runName: 'going on', status: 'running' }));
    for (let number = 0; number < iterations; number += 1) await record(id, number, 0.1 * number);
    return id;
  };
  const record = (runId: string, iteration: number, score: number) =>
    served.trail.client.createOptimizationIteration({
      runId,
      iteration,
      score,
      isBaseline: iteration === 0,
      program: `Prompt ${iteration}`,
    });
  const open = async (runId: string, view = '') => {
    const page = await browser.open(`${served.url}/runs/${runId}?project=${PROJECT}&${view}`);
    await page.getByText('Live', { exact: true }).waitFor();
    return page;
  };
  const summary = (page: Page) => page.getByTestId('trail-summary').textContent();

  test('grows as it is recorded, and reads nothing that it knows', async () => {
    const id = await start(3);
    const page = await open(id);
    await expect.poll(() => summary(page)).toBe('3 iterations, 3 candidates; best 20% at #2; began at 0%.');
    const asked: URL[] = [];
    page.on('request', (request) => asked.push(new URL(request.url())));
    for (let number = 3; number < 23; number += 1) await record(id, number, 0.03 * number);
    await expect.poll(() => summary(page)).toBe('23 iterations, 23 candidates; best 66% at #22; began at 0%.');
    const reads = asked.filter(({ pathname }) => pathname === `/v1/runs/${id}/iterations`);
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.map(({ searchParams }) => Number(searchParams.get('after') ?? -1)).every((after) => after >= 2)).toBe(true);
    await page.getByText(/ is at 66%, up from 0%\.$/).waitFor();
  });

  test('an iteration that is completed later changes where it stands', async () => {
    const id = await start(2);
    await served.trail.client.createOptimizationIteration({ runId: id, iteration: 2, status: 'running' });
    const page = await open(id, 'tab=iterations&iteration=2');
    const row = page.getByRole('grid', { name: 'Iterations' }).getByRole('row').nth(3);
    await row.getByText('running').waitFor();
    await served.trail.client.updateOptimizationIteration(id, 2, { score: 0.75, decision: 'accepted' });
    await row.getByText('75%').waitFor();
    await page.getByRole('complementary', { name: 'Iteration 2' }).getByText('accepted').waitFor();
  });

  test('its end is told, and a run that is deleted is gone', async () => {
    const id = await start(2);
    await served.trail.client.updateRunProgress(id, {});
    const page = await open(id);
    await page.getByText(/^sign of life/).waitFor();
    await served.trail.client.updateOptimizationRun(id, { status: 'completed' });
    await page.getByText(/ scored 10% against 0%\.$/).waitFor();
    expect(await page.getByText(/^sign of life/).count()).toBe(0);
    browser.expectComplaint(/404/);
    await served.trail.client.deleteOptimizationRun(id);
    await page.getByRole('heading', { name: 'There is no such run' }).waitFor();
  });

  test('an empty run says what it waits for', async () => {
    const page = await open(await start(0));
    await page.getByRole('heading', { name: 'Waiting for the first iteration' }).waitFor();
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(['Overview', 'Details']);
  });
});

describe.skipIf(noBrowser)("another tenant's run", () => {
  let theirs = '';
  let key = '';
  const served = useServed({
    open: false,
    fill: async ({ client }) => {
      theirs = (await client.createOptimizationRun(aRun('theirs'))).id;
      await client.createProject({ id: 'ours' });
      key = (await client.createApiKey('ours', { name: 'reader', scope: 'read' })).secret;
    },
  });
  const browser = useBrowser();

  test('is a page that is not there, for a link that says which project too', async () => {
    browser.expectComplaint(/40[134]/);
    const page = await browser.open(`${served.url}/runs/${theirs}`);
    await page.getByRole('textbox').fill(key);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'There is no such run' }).waitFor();
    await page.goto(`${served.url}/runs/${theirs}?project=theirs`);
    await page.getByRole('heading', { name: 'There is no such run' }).waitFor();
    expect(await page.getByText('a run', { exact: true }).count()).toBe(0);
  });
});

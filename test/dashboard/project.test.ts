import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { noBrowser, useBrowser } from './browser.js';
import { fillProject } from './fixture.js';
import { useServed } from './served.js';

const PROJECT = 'support-bot';

describe.skipIf(noBrowser)('the pages of a project', () => {
  const served = useServed({
    fill: async ({ client }) => {
      await fillProject(client, PROJECT, 8);
      await client
        .createOptimizationRun({ projectId: 'empty', runName: 'x', optimizerType: 'gepa' })
        .then(({ id }) => client.deleteOptimizationRun(id));
    },
  });
  const browser = useBrowser();
  const open = (path: string) => browser.open(served.url + path);

  test('the leaderboard ranks what is completed, and warns of what can not be ranked together', async () => {
    const page = await open(`/leaderboard?project=${PROJECT}`);
    await page.getByText('Choose one of each for a fair ranking').waitFor();
    const metric = page.getByRole('combobox', { name: 'Metric' });
    const [, one] = await metric.getByRole('option').allInnerTexts();
    await metric.selectOption(one as string);
    await page.getByText('Choose one of each for a fair ranking').waitFor({ state: 'detached' });
    const top = await served.trail.client.getTopRunsByScore(PROJECT, 100, { metric: one });
    await expect.poll(() => page.getByRole('row').count()).toBe(top.length + 1);
    expect(await page.getByRole('row').nth(1).innerText()).toContain(top[0]?.runName);
  });

  test('analytics say how old they are, and are refreshed', async () => {
    const page = await open(`/analytics?project=${PROJECT}`);
    await page.getByText('No figures yet').waitFor();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('The figures are up to date').waitFor();
    await page.getByText('Figures as of').waitFor();
    await page.getByRole('region', { name: 'Trend' }).locator('canvas').waitFor();
    const byModel = page.getByRole('region', { name: 'By model' }).getByRole('row');
    expect(await byModel.count()).toBeGreaterThan(1);
  });

  test('settings: a key shows its secret once and opens the page; revoked, it opens nothing', async () => {
    const page = await open(`/settings?project=${PROJECT}`);
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: /^Name/ }).fill('nightly job');
    await page.getByRole('button', { name: 'Make the key' }).click();
    const secret = await page
      .getByRole('dialog')
      .getByText(/^optrail_/)
      .innerText();
    await page.getByRole('button', { name: 'Done' }).click();
    expect(await page.getByText(secret).count()).toBe(0);
    const asKey = () => fetch(`${served.url}/v1/me`, { headers: { Authorization: `Bearer ${secret}` } });
    expect((await asKey()).status).toBe(200);
    await page.getByRole('button', { name: 'Revoke nightly job' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('revoked', { exact: true }).waitFor();
    await expect.poll(async () => (await asKey()).status).toBe(401);
  });

  test('settings: projects and members come and go', async () => {
    const page = await open(`/settings?project=${PROJECT}`);
    await page.getByRole('textbox', { name: 'User id' }).fill('user-7');
    await page.getByRole('combobox', { name: 'Role', exact: true }).selectOption('editor');
    await page.getByRole('button', { name: 'Add member' }).click();
    await page.getByRole('combobox', { name: 'Role of user-7' }).waitFor();
    await page.getByRole('button', { name: 'Remove user-7' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No members').waitFor();

    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: /^Id/ }).fill('short-lived');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('button', { name: 'Delete short-lived' }).click();
    const deletion = page.getByRole('dialog').getByRole('button', { name: 'Delete for good' });
    expect(await deletion.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: /Type short-lived/ }).fill('short-lived');
    await deletion.click();
    await page.getByText('The project is deleted').waitFor();
    expect((await served.trail.client.listProjects()).map(({ id }) => id)).not.toContain('short-lived');
  });

  test('an empty project shows how to record, and loads the demo', async () => {
    const page = await open('/?project=empty');
    await page.getByText("projectId: 'empty'").waitFor();
    await page.getByRole('button', { name: 'Load the demo' }).click();
    await page.getByRole('link', { name: 'ticket triage', exact: true }).waitFor();
    const run = async () => (await served.trail.client.listOptimizationRuns({ projectId: 'empty' })).data[0];
    await expect.poll(async () => (await run())?.status).toBe('completed');
    expect(await run()).toMatchObject({ initialScore: 0.25, bestScore: 0.75, iterations: 24, samplesEvaluated: 458 });
  });

  test('an address that leads nowhere says so, and so does a run that is not there', async () => {
    browser.expectComplaint(/404/);
    const page = await open('/no/such/page');
    await page.getByText('There is no such page').waitFor();
    await page.goto(`${served.url}/runs/01900000-0000-7000-8000-000000000000?project=${PROJECT}`);
    await page.getByText('There is no such run').waitFor();
    await page.getByRole('link', { name: 'See all runs' }).click();
    await page.getByRole('grid', { name: 'Runs' }).waitFor();
  });

  test('a server that goes away is said so, and the page goes on when it is back', async () => {
    browser.expectComplaint(/ERR_|Failed to load/);
    const page = await open(`/?project=${PROJECT}`);
    await page.getByText('Live', { exact: true }).waitFor();
    await served.stop();
    await page.getByText('Reconnecting').waitFor();
    await served.start();
    await page.getByText('Live', { exact: true }).waitFor();
    await served.trail.client.createOptimizationRun({ projectId: PROJECT, runName: 'after the restart', optimizerType: 'gepa' });
    await page.getByRole('link', { name: 'after the restart' }).waitFor();
  });
});

describe.skipIf(noBrowser)('a server with keys', () => {
  const served = useServed({
    open: false,
    fill: async ({ client }) => {
      await fillProject(client, 'mine', 2);
      await fillProject(client, 'theirs', 2);
    },
  });
  const browser = useBrowser();

  async function signIn(page: Page, key: string): Promise<void> {
    await page.getByLabel('API key or token').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  test("asks for one, shows its project alone, keeps it in the tab, and shows nothing of another's", async () => {
    browser.expectComplaint(/40[134]/);
    const { secret } = await served.trail.client.createApiKey('mine', { name: 'reader', scope: 'read' });
    const page = await browser.open(served.url);
    await signIn(page, `${secret.slice(0, -1)}x`);
    await page.getByRole('alert').waitFor();
    await signIn(page, secret);
    await page.getByRole('grid', { name: 'Runs' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Project' }).getByRole('option').count()).toBe(1);
    await page.reload();
    await page.getByRole('grid', { name: 'Runs' }).waitFor();

    const [hidden] = (await served.trail.client.listOptimizationRuns({ projectId: 'theirs' })).data;
    await page.goto(`${served.url}/runs/${hidden?.id}?project=theirs`);
    await page.getByText('There is no such run').waitFor();

    const stranger = await browser.open(served.url);
    await stranger.getByRole('heading', { name: 'Sign in to Optrail' }).waitFor();
  });
});

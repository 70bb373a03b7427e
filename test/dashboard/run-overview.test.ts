import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { noBrowser, useBrowser } from './browser.js';
import { recordRuns } from './run-fixture.js';
import { useServed } from './served.js';
import { recordStory } from './story-fixture.js';

const PROJECT = 'triage';
const search = (page: Page) => new URL(page.url()).searchParams;
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

describe.skipIf(noBrowser)('the overview of a run', () => {
  let ids: Awaited<ReturnType<typeof recordRuns>> & { story: string };
  const served = useServed({
    fill: async ({ client }) => {
      const story = await recordStory(client, PROJECT, new Date(Date.now() - 14 * 60_000));
      ids = { ...(await recordRuns(client, PROJECT)), story };
    },
  });
  const browser = useBrowser();
  const open = (run: keyof typeof ids, view = '', options = {}) =>
    browser.open(`${served.url}/runs/${ids[run]}?project=${PROJECT}${view === '' ? '' : `&${view}`}`, options);
  const sentence = async (page: Page) => oneLine(await page.getByTestId('sentence').innerText());

  test('says who did what, whether it is real, what it fixed and broke, and that it holds where it was not chosen', async () => {
    const page = await open('story');
    await page.getByRole('heading', { name: 'ticket triage' }).waitFor();
    await page.locator('#main').getByText('Real', { exact: true }).first().waitFor();
    expect(await sentence(page)).toBe(
      'GEPA lifted accuracy from 43% to 72%. It fixed 20 of 60 tickets and broke 3, and the gain holds on 25 tickets it never saw.',
    );
    const strip = oneLine(await page.getByTestId('strip').innerText());
    expect(strip).toMatch(
      /Chosen on 60 tickets 43% \+28 points 95%: \+\d+ to \+\d+ Held out 25 tickets 40% \+32 points 95%: \+\d+ to \+\d+/,
    );
    expect(oneLine(await page.getByTestId('facts').innerText())).toMatch(/\$1\.58 · 1,058 calls · 9m 22s · 62 iterations/);
    await page.getByRole('button', { name: 'broke 3' }).click();
    await page.getByText('3 of 60 tickets, 12 candidates').waitFor();
    expect(search(page).get('rows')).toBe('broken');
  });

  test('claims no gain where nothing was won, and says why a run failed with its stack', async () => {
    const vain = await open('unimproved');
    await vain.getByText('Nothing beat the original: loss stays at 0.3.').waitFor();
    expect(await vain.locator('[data-verdict]').count()).toBe(0);
    const failed = await open('failed');
    expect(await sentence(failed)).toBe('SIMBA stopped after 2 iterations, at 25%. The iterations recorded until then are kept.');
    expect(await failed.locator('[data-verdict]').count()).toBe(0);
    const error = failed.getByRole('region', { name: 'Error' });
    await error.getByText('insufficient_quota', { exact: true }).waitFor();
    await error.getByText('Stack').click();
    await error.getByText('at evaluate (optimize.ts:41:11)').waitFor();
  });

  test('the trail is walked by arrow keys; the card beside it shows the edit of the step, and the address keeps it', async () => {
    const page = await open('story', 'step=23');
    const card = page.getByRole('region', { name: 'What #23 changed' });
    await expect.poll(async () => oneLine(await card.innerText())).toMatch(/step 3 of 5 60% 65% Fixed 4 · broke 1/);
    await expect
      .poll(() => card.locator('ins').allInnerTexts())
      .toContainEqual('A charge, an invoice, a refund, seats or a plan is billing, whatever else the ticket says.');
    await card.getByText('Say that money decides.').waitFor();
    const trail = page.getByRole('group', { name: /^The trail\. 62 iterations, 12 candidates; best 72% at #46; began at 43%\.$/ });
    await trail.getByRole('button', { name: /^#23, 65%.*fixed 4, broke 1$/ }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('region', { name: 'What #34 changed' }).waitFor();
    await expect.poll(() => search(page).get('step')).toBe('34');
    await trail.getByText(/^Enough here, for \$0\.\d\d$/).waitFor();
    await page.getByRole('button', { name: 'Calls', exact: true }).click();
    await expect.poll(() => search(page).get('axis')).toBe('calls');
    await page.getByRole('button', { name: 'Show as table' }).click();
    const rows = page.getByRole('table', { name: 'The trail' }).getByRole('row');
    expect(await rows.count()).toBe(13);
    expect((await rows.nth(2).innerText()).split(/\s+/).slice(0, 4)).toEqual(['#4', '53%', '7', '1']);
  });

  test('lists what the winner broke, what no prompt solved, and which answers it confuses', async () => {
    const page = await open('story');
    const card = (name: string) => page.getByRole('region', { name });
    await expect
      .poll(async () => oneLine(await card('Broken by the winner').innerText()))
      .toMatch(/^Broken by the winner 3 .*was billing now \w+ since #23/);
    expect(oneLine(await card('Never solved').innerText())).toMatch(/^Never solved 8 by none of 12 prompts .* still called /);
    expect(oneLine(await card('Where it fails').innerText())).toMatch(/^Where it fails 17 of 60 still wrong bug called how_to 4/);
    await card('Never solved').getByRole('button', { name: 'All 8' }).click();
    await page.getByText('8 of 60 tickets, 12 candidates').waitFor();
  });

  test('shows who wrote each line of the prompt, and what it was worth', async () => {
    const page = await open('story');
    const prompt = page.getByRole('region', { name: 'The winning prompt, and what each line was worth' });
    await prompt.getByText('counted with #14').first().waitFor();
    expect(oneLine(await prompt.innerText())).toMatch(/#23 A charge, an invoice, .* says\. \+4 · −1/);
    expect(await prompt.locator('mark').allInnerTexts()).toEqual([', in lower case and nothing else', ', also when it is asked in anger']);
    await page.getByRole('tab', { name: 'Prompts' }).click();
    const slider = page.getByRole('slider', { name: 'Replay the line that led to the winner' });
    await slider.focus();
    await page.keyboard.press('Home');
    await page.getByRole('region', { name: 'Prompt of #0' }).waitFor();
    await page.keyboard.press('End');
    // The response format is no prompt text: its change is told apart.
    const format = page.getByRole('region', { name: 'response_format', exact: true });
    expect(oneLine(await format.innerText())).toContain('2 changes, by #14');
    await format.getByText('feature_request').waitFor();
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
    await page.getByRole('button', { name: 'Unpin', pressed: true }).waitFor();
    const run = await served.trail.client.getOptimizationRun(ids.failed);
    expect(run?.tags).toEqual(['ask again', 'pinned']);
    expect(run?.notes).toBe('Asked for.');
    await page.getByRole('button', { name: 'Remove the tag ask again' }).click();
    await expect.poll(async () => (await served.trail.client.getOptimizationRun(ids.failed))?.tags).toEqual(['pinned']);
  });

  test('gives the winning prompt away in each of its forms', async () => {
    const page = await open('gepa', '', { permissions: ['clipboard-read', 'clipboard-write'] });
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    const copy = async (form: string) => {
      await page.evaluate(() => navigator.clipboard.writeText(''));
      await page.getByRole('button', { name: 'Copy in another form' }).click();
      await page.getByRole('menuitem', { name: form }).click();
      await expect.poll(copied).not.toBe('');
      return copied();
    };
    await page.getByRole('button', { name: 'Copy prompt' }).click();
    await page.getByText(/^Copied, \d+ words$/).waitFor();
    expect(await copied()).toContain('# Demonstrations for root');
    const best = await served.trail.client.getBestIteration(ids.gepa);
    expect(JSON.parse(await copy('As recorded'))).toEqual(best?.program);
    expect(JSON.parse(await copy('Ax program'))).toMatchObject({
      componentMap: { 'root::instruction': expect.any(String) },
      bestScore: 0.9,
    });
    expect(JSON.parse(await copy('Messages (OpenAI)'))).toEqual([
      { role: 'system', content: expect.stringContaining('You sort support tickets.') },
    ]);
    expect(await copy('optrail best')).toBe(`optrail best ${ids.gepa} --format text`);
    expect(await copy('TypeScript')).toMatch(/^\/\*\* triage with GEPA, iteration 12\. \*\/\nexport const prompt = "You sort/);
    const [, address] = /curl -s '([^']+)'/.exec(await copy('curl')) ?? [];
    expect((await (await fetch(address ?? '')).json()).iteration).toBe(12);
  });

  test('exports iterations as CSV and the run as JSON, and shares a summary and a card', async () => {
    const page = await open('story', '', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('#main').getByText('Real', { exact: true }).first().waitFor();
    const choose = async (item: string | RegExp) => {
      await page.getByRole('button', { name: 'Share' }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    const exported = async (item: string | RegExp) => {
      const [file] = await Promise.all([page.waitForEvent('download'), choose(item)]);
      return readFileSync(await file.path());
    };
    const lines = (await exported(/^Iterations as CSV/)).toString().split('\r\n');
    expect(lines[0]).toContain('iteration,status,evalKind,decision');
    expect(lines.filter((line) => /^\d+,/.test(line))).toHaveLength(62);
    const run = JSON.parse((await exported(/^Run with iterations/)).toString());
    expect(run).toMatchObject({ id: ids.story, bestIteration: 46 });
    expect(run.iterationRows).toHaveLength(62);
    const card = await exported(/^Save card/);
    expect(card.subarray(1, 4).toString()).toBe('PNG');
    expect([card.readUInt32BE(16), card.readUInt32BE(20)]).toEqual([1200, 630]);
    await choose(/^Copy summary/);
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toContain('**ticket triage**: GEPA lifted accuracy from 43% to 72%.');
  });

  test('is renamed and deleted with undo: nothing is deleted before the offer is over', async () => {
    const page = await open('mipro');
    const choose = async (item: string) => {
      await page.getByRole('button', { name: 'Share' }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await choose('Rename…');
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('another name');
    await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('heading', { name: 'another name' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'triage with MIPROv2' }).waitFor();
    await choose('Delete');
    await page.getByRole('grid', { name: 'Runs' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'triage with MIPROv2' }).waitFor();
    expect(await served.trail.client.getOptimizationRun(ids.mipro)).not.toBeNull();
    await choose('Delete');
    await page.getByText(/will be deleted/).waitFor();
    await page.getByRole('button', { name: 'Dismiss', includeHidden: true }).click();
    await expect.poll(() => served.trail.client.getOptimizationRun(ids.mipro)).toBeNull();
  });
});

import { describe, expect, test } from 'vitest';
import { seriousFindings } from './axe.js';
import { noBrowser, useBrowser } from './browser.js';
import { fillProject } from './fixture.js';
import { useServed } from './served.js';

const PROJECT = 'support-bot';

describe.skipIf(noBrowser)('every page', () => {
  let ids: string[] = [];
  const served = useServed({
    fill: async ({ client }) => {
      ids = await fillProject(client, PROJECT, 6);
      await client
        .createOptimizationRun({ projectId: 'empty', runName: 'x', optimizerType: 'gepa' })
        .then(({ id }) => client.deleteOptimizationRun(id));
      await client.refreshOptimizationAnalytics();
    },
  });
  const browser = useBrowser();

  const PAGES: [name: string, path: () => string, ready: string][] = [
    ['runs', () => `/?project=${PROJECT}`, '[role=grid] a'],
    ['compare', () => `/compare?project=${PROJECT}&runs=${ids.slice(0, 3).join(',')}`, 'canvas'],
    ['compare samples', () => `/compare?project=${PROJECT}&runs=${ids.slice(0, 3).join(',')}&tab=samples`, 'ul[aria-label=Samples] li'],
    ['leaderboard', () => `/leaderboard?project=${PROJECT}`, 'tbody tr'],
    ['analytics', () => `/analytics?project=${PROJECT}`, 'canvas'],
    ['settings', () => `/settings?project=${PROJECT}`, 'text=No keys yet'],
    ['welcome', () => '/?project=empty', 'text=Load the demo'],
  ];

  test.each(PAGES)(
    '%s: axe finds nothing serious in light and in dark, and from 360 to 2,560 pixels nothing sticks out',
    async (_, path, ready) => {
      const page = await browser.open(served.url + path());
      await page.locator(ready).first().waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect.poll(() => page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(11, 13, 16)');
      expect(await seriousFindings(page, ['color-contrast'])).toEqual([]);
      for (const width of [360, 768, 2560]) {
        await page.setViewportSize({ width, height: 800 });
        await page.locator(ready).first().waitFor({ state: 'attached' });
        const over = () =>
          page.evaluate(
            () => Math.max(document.documentElement.scrollWidth, document.querySelector('main')?.scrollWidth ?? 0) - window.innerWidth,
          );
        await expect.poll(over).toBeLessThanOrEqual(0);
      }
    },
  );

  test('the first key leads to the content, and the focus is seen', async () => {
    const page = await browser.open(`${served.url}/leaderboard?project=${PROJECT}`);
    await page.locator('tbody tr').first().waitFor();
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the content' });
    expect(await skip.evaluate((link) => link === document.activeElement && getComputedStyle(link).outlineStyle)).toBe('solid');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  });
});

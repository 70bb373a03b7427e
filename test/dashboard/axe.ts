import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds serious or worse on a page, as the rule and the places; with `rules` by these alone. */
export async function seriousFindings(page: Page, rules: readonly string[] = []): Promise<string[]> {
  const options = rules.length === 0 ? {} : { runOnly: [...rules] };
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate((given) => (window as unknown as { axe: typeof axe }).axe.run(document, given), options);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface Found {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What keeps people from using the page, as axe-core finds it: what it calls serious or critical, one line each. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  // Not as a script of the page: its content security policy rightly refuses that.
  await page.evaluate(axe.source);
  const found = await page.evaluate<Found[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)',
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 200)}: ${failureSummary.slice(0, 300)}`),
    );
}

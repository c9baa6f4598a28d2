import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemo, type DemoStage } from './support/demo-stage.js';
import { findBarriers } from './support/find-barriers.js';
import { openBrowser, openConsole } from './support/open-browser.js';
import { keepScreenshot } from './support/screenshots.js';
import { tamper } from './support/tamper.js';

/** A dark and wide sight, and a light and narrow one: all pages alike are looked at in every-page.test.ts. */
const SIGHTS = [
  ['dark', 1280],
  ['light', 400],
] as const;

describe('a host and a group', { timeout: 180_000 }, () => {
  let browser: Browser;
  let demo: DemoStage;
  beforeAll(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end();
  });

  it('can be used by everybody on each of their tabs, and fit', async () => {
    const { hostkey, group } = await tamper(demo);
    const places = [
      ['now-act', '#/now', 'What to look at'],
      ['host-held', `#/hosts/${hostkey}`, 'Sent and reported, hash by hash'],
      ['host-timeline', `#/hosts/${hostkey}?tab=timeline`, 'What happens to it'],
      ['host-rules', `#/hosts/${hostkey}?tab=rules`, 'The rules that it should have'],
      ['host-sets', `#/hosts/${hostkey}?tab=sets&set=office_zv4`, 'What office_zv4 holds'],
      ['host-queues', `#/hosts/${hostkey}?tab=queues`, 'Its queues'],
      ['hosts-filtered', `#/hosts?group=${group}`, undefined],
      ['group-rules', `#/groups/${group}`, 'The rules of its hosts'],
      ['group-revisions', `#/groups/${group}?tab=revisions`, 'How two of them differ'],
      ['group-hosts', `#/groups/${group}?tab=hosts`, 'Hosts of this group'],
    ] as const;
    for (const [colorScheme, width] of SIGHTS) {
      const options = { colorScheme, viewport: { width, height: 900 } };
      const { page, complaints, goTo, close } = await openConsole(browser, demo.url, '', options);
      for (const [name, hash, heading] of places) {
        await goTo(hash);
        if (heading === undefined) await page.getByRole('table').waitFor();
        else await page.getByRole('heading', { level: 2, name: heading }).waitFor();
        await page.locator('main [aria-busy=true].waiting').first().waitFor({ state: 'detached' });
        expect(await findBarriers(page), name).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), name).toBe(false);
        await keepScreenshot(page, `${name}-${colorScheme}-${width}`);
      }
      expect(complaints).toEqual([]);
      await close();
    }
  });
});

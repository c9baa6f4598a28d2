import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from '../../src/console/frame/page-list.js';
import { startDemo, type DemoStage } from './support/demo-stage.js';
import { findBarriers } from './support/find-barriers.js';
import { openBrowser, openConsole } from './support/open-browser.js';
import { keepScreenshot } from './support/screenshots.js';

/** Each page in both themes, wide and at 400 px. */
const SIGHTS = [
  { sight: 'light', colorScheme: 'light', width: 1280 },
  { sight: 'dark', colorScheme: 'dark', width: 1280 },
  { sight: 'narrow', colorScheme: 'light', width: 400 },
] as const;

describe('every page of the console', () => {
  let browser: Browser;
  let demo: DemoStage;
  beforeAll(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.end();
  });

  it('has a key of its own', () => {
    expect(new Set(PAGES.map(({ key }) => key)).size).toBe(PAGES.length);
  });

  it.each(SIGHTS)(
    'can be used by everybody, fits, and is kept as a picture: $sight',
    async ({ sight, colorScheme, width }) => {
      const { page, complaints, goTo, close } = await openConsole(browser, demo.url, '', {
        colorScheme,
        viewport: { width, height: 900 },
      });
      for (const { segment, title } of PAGES) {
        await goTo(`#/${segment}`);
        await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
        await page.locator('main [aria-busy=true]').first().waitFor({ state: 'detached' });
        expect(await findBarriers(page), segment).toEqual([]);
        // What is wider scrolls in its own place, never the page.
        const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
        expect(wide, segment).toBe(false);
        await keepScreenshot(page, `${segment}-${sight}`);
      }
      expect(complaints).toEqual([]);
      await close();
    },
    180_000,
  );
});

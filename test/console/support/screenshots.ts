import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Where the pictures of a run are kept: SCREENSHOTS, else a directory of the machine's temporary ones. */
const DIRECTORY = process.env['SCREENSHOTS'] ?? join(tmpdir(), 'dog-trainer-screenshots');

/** Keeps a picture of the page, from top to bottom, and gives its path. */
export async function keepScreenshot(page: Page, name: string): Promise<string> {
  mkdirSync(DIRECTORY, { recursive: true });
  const path = join(DIRECTORY, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}

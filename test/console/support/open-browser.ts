import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

/** Debian's, the one without a window first, which takes a third of the processor; then where a person may have it. */
const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** A page of the console in a real browser. */
export interface ConsolePage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of: errors of scripts, what the content security policy refused. Must stay empty. */
  readonly complaints: readonly string[];
  /** Goes to a place of the console, such as `#/hosts`. */
  readonly goTo: (hash: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Starts Debian's Chromium. Throws where it is not installed: script/test installs it.
 * @param rebound a name that leads to this machine, as an attacker's own DNS can make it
 */
export function openBrowser(rebound?: string): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? PLACES.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('there is no Chromium here: apt-get install chromium');
  // Its sandbox needs a user that is not root; what is loaded here is our own.
  const resolve = rebound === undefined ? [] : [`--host-resolver-rules=MAP ${rebound} 127.0.0.1`];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', ...resolve] });
}

/**
 * Opens the console in a session of its own.
 * @param url base URL of the API
 * @param hash where it begins
 */
export async function openConsole(
  browser: Browser,
  url: string,
  hash = '#/now',
  options: BrowserContextOptions = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  // Waits are for the machine to say: a loaded one is slow.
  context.setDefaultTimeout(25_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // A refusal by the API is an answer; the browser says so all the same.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  await page.goto(`${url}/${hash}`);
  return {
    page,
    context,
    complaints,
    goTo: async (place) => void (await page.goto(`${url}/${place}`)),
    close: () => context.close(),
  };
}

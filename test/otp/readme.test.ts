import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const README = new URL('../../src/otp/README.md', import.meta.url);
const MADE = fileURLToPath(new URL('./made-from-readme.ts', import.meta.url));

afterEach(() => rmSync(MADE, { force: true }));

describe('the README of the actor library', () => {
  it('has an example that runs as it stands', async () => {
    const [, code] = /```ts\n([\s\S]*?)```/.exec(readFileSync(README, 'utf8')) ?? [];
    writeFileSync(MADE, String(code).replaceAll("'./index.js'", "'../../src/otp/index.js'"));
    const module = (await import(pathToFileURL(MADE).href)) as { readonly example: () => Promise<number> };
    expect(await module.example()).toBe(42);
  });
});

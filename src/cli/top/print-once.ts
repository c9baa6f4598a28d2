import type { CliIo } from '../cli-io.js';
import type { Api } from '../remote/api-client.js';
import { Looker } from './look.js';
import { screen } from './screen.js';
import { FIRST, type View } from './top-state.js';

const PICTURE = { columns: 80, rows: 24 };

/** One picture of a view, or with `json` what it is drawn from. */
export async function printOnce(
  api: Api,
  io: CliIo,
  { view, json }: { readonly view: View; readonly json?: true },
): Promise<void> {
  const look = await new Looker(api).look({ view, filter: '' });
  if (json === true) {
    io.out(`${JSON.stringify(look)}\n`);
    return;
  }
  const seen = { url: api.url, look, trouble: undefined, events: [], eventTrouble: undefined };
  const lines = screen(seen, { ...FIRST, view }, io.terminal ?? PICTURE, io);
  io.out(lines.map((line) => `${line}\n`).join(''));
}

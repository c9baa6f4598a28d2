import { inspect, types } from 'node:util';

/** Most characters of a value as it is shown; the server sends no more of one answer than about 64 kB. */
export const MOST_SHOWN = 64 * 1024;

/** Levels below the value, members of a list, characters of one string inside of it. */
const DEPTH = 4;
const MOST_MEMBERS = 200;
const MOST_STRING = 10_000;

/** A value as Node prints it, without colours; of an error its name and what it says. At most `MOST_SHOWN` characters and a line. */
export function showValue(value: unknown): string {
  return cut(
    inspect(value, {
      depth: DEPTH,
      maxArrayLength: MOST_MEMBERS,
      maxStringLength: MOST_STRING,
      // Neither functions of the value itself nor its proxies are run.
      customInspect: false,
      breakLength: 100,
    }),
  );
}

/** What was thrown, in few words. */
export function showThrown(thrown: unknown): string {
  return types.isNativeError(thrown) ? cut(`${thrown.name}: ${thrown.message}`) : showValue(thrown);
}

function cut(text: string): string {
  if (text.length <= MOST_SHOWN) return text;
  return `${text.slice(0, MOST_SHOWN)}\n... and ${text.length - MOST_SHOWN} characters more`;
}

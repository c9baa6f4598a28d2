import { createHash } from 'node:crypto';
import { canonicalSet } from '../../dist/firewall/sets/canonical-set.js';
import { finish } from '../../dist/firewall/finish.js';
import { assembleSets } from '../../dist/firewall/ipset/assemble-sets.js';
import { renderSet } from '../../dist/firewall/ipset/render-set.js';
import { scaled } from './scaled.mjs';

export const title = '100,000 addresses made canonical, rendered as two sets and hashed';

const EACH = scaled(50_000);
const ROUNDS = 15;

const dotted = (n) => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');

/** Every third address, in an order that is neither sorted nor regular, as hosts report them. */
const shuffled = (make) => {
  const list = Array.from({ length: EACH }, (_, i) => make(i * 3));
  let seed = 1;
  for (let i = list.length - 1; i > 0; i -= 1) {
    seed = (seed * 48271) % 2147483647;
    const j = seed % (i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
};

const v4 = shuffled((n) => `${dotted(0x0a000001 + n)}/32`);
const v6 = shuffled((n) => `2001:db8:64:${(n >>> 16).toString(16)}::${(n & 0xffff).toString(16)}/128`);

const compile = (dialect) => {
  const sets = [
    finish(renderSet('big', 'zone', 'v4', canonicalSet(v4, 'v4', dialect).addresses)),
    finish(renderSet('big', 'zone', 'v6', canonicalSet(v6, 'v6', dialect).addresses)),
  ];
  return finish(assembleSets(sets));
};

/** The least that anyone must do: join the finished lines and hash as many bytes. */
const floorOf = (text) => {
  const lines = text.split('\n');
  return () => createHash('sha256').update(lines.join('\n'), 'utf8').digest('hex');
};

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
const timed = (work) => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

/** Medians in milliseconds; each round measures the work and its floor one after the other. */
export async function run() {
  return ['dog1', 'dog2'].map((dialect) => {
    const floor = floorOf(compile(dialect).text);
    const times = [];
    const floors = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      times.push(timed(() => compile(dialect)));
      floors.push(timed(floor));
    }
    const [median_ms, floor_ms] = [median(times), median(floors)];
    return { name: `100,000 addresses, ${dialect}`, median_ms, floor_ms, ratio: median_ms / floor_ms };
  });
}

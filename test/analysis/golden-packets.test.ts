import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decisionJson, explainPackets, readPacketList } from '../../src/analysis/explain-packets.js';
import { bindRuleset, type Filter } from '../../src/analysis/filter.js';
import { readRuleset } from '../../src/analysis/read-ruleset.js';
import { readSets } from '../../src/analysis/read-sets.js';
import type { Family } from '../../src/firewall/addresses/family.js';
import type { Json } from '../../src/model/document.js';

/** Packets with the verdict of a real kernel: test/golden/packets/README.md. */

interface Expected {
  readonly verdict: string;
  readonly rule?: string | null;
  readonly outcomes?: readonly { readonly verdict: string; readonly rule: string | null }[];
}
interface Texts {
  readonly name: string;
  readonly family: Family;
  readonly rules: string;
  readonly sets: string;
}
type Vector = Texts & Expected & { readonly packet: Json };
type Sequence = Texts & {
  readonly sequence: readonly (Expected & { readonly at_ms: number; readonly packet: Json })[];
};

function file(name: string): string {
  return readFileSync(new URL(`../golden/packets/${name}`, import.meta.url), 'utf8');
}
function filterOf({ family, rules, sets }: Texts): Filter {
  return bindRuleset(readRuleset(file(rules), family), readSets(file(sets)));
}
/** Outcomes as a set: their order is not compared. */
function comparable({ verdict, rule, outcomes }: Expected): unknown {
  return outcomes === undefined
    ? { verdict, rule }
    : { verdict, outcomes: outcomes.map((one) => JSON.stringify(one)).sort() };
}

const vectors = JSON.parse(file('vectors.json')) as Vector[];
const sequences = JSON.parse(file('sequences.json')) as Sequence[];

describe('packets that the kernel judged', () => {
  it(`have the kernel's verdict and deciding line, each on its own (${vectors.length})`, () => {
    const filters = new Map<string, Filter>();
    const differences = vectors.flatMap((vector) => {
      let filter = filters.get(vector.rules);
      if (filter === undefined) filters.set(vector.rules, (filter = filterOf(vector)));
      const [decision] = explainPackets(filter, readPacketList([vector.packet]));
      const said = comparable((decision === undefined ? {} : decisionJson(decision)) as unknown as Expected);
      const wanted = comparable(vector);
      return JSON.stringify(said) === JSON.stringify(wanted) ? [] : [{ name: vector.name, said, wanted }];
    });
    expect(differences).toEqual([]);
  });

  it(`have them in sequences, where limits remember (${sequences.length})`, () => {
    const differences = sequences.flatMap((one) => {
      const list = readPacketList(one.sequence.map(({ at_ms, packet }) => ({ at_ms, packet })));
      return explainPackets(filterOf(one), list).flatMap((decision, index) => {
        const said = comparable(decisionJson(decision) as unknown as Expected);
        const wanted = comparable(one.sequence[index] as Expected);
        return JSON.stringify(said) === JSON.stringify(wanted) ? [] : [{ name: `${one.name} ${index}`, said, wanted }];
      });
    });
    expect(differences).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../../src/analysis/address-set.js';
import { decidePacket } from '../../src/analysis/decide-packet.js';
import { packetPoint } from '../../src/analysis/decide.js';
import { difference, type Flow } from '../../src/analysis/difference.js';
import type { Packet } from '../../src/analysis/packet.js';
import { inRanges } from '../../src/analysis/ranges.js';
import { hasPorts, ICMP } from '../../src/analysis/protocols.js';
import type { Decision } from '../../src/analysis/verdict.js';
import { finish } from '../../src/firewall/finish.js';
import { Dice } from '../faults/random-edits/dice.js';
import { BorderPackets, compiled, edited } from '../support/analysis-policies.js';
import { soundPolicy } from '../support/policy-arbitrary.js';

/** 1,000 random edits by default, 20,000 with TRIALS=full; 40 packets at each. */
const EDITS = process.env['TRIALS'] === 'full' ? 20_000 : 1_000;
const PACKETS = 40;

function isIn({ box, kinds, chain }: Flow, packet: Packet): boolean {
  const point = packetPoint(packet);
  if (chain !== packet.chain || (box.states & point.state) === 0 || box.protocols[packet.protocol] === 0) return false;
  if (hasPorts(packet.protocol) && !(inRanges(box.selectors, point.dport) && inRanges(box.sports, point.sport))) {
    return false;
  }
  if (packet.protocol === ICMP[packet.family] && !inRanges(box.selectors, point.icmp)) return false;
  const device = kinds.findIndex(({ name }) => name === packet.interface);
  return box.interfaces.includes(device) && holds(box.src, point.src) && holds(box.dst, point.dst);
}

/** What a decision comes to, its lines included. */
function said({ verdict, outcomes }: Decision): unknown {
  return { verdict, outcomes: outcomes.map((outcome) => [outcome.verdict, outcome.lineNumber]) };
}

/** What it comes to for the packet: a limit whose verdict is that of all behind it makes no difference. */
function effect({ outcomes }: Decision): readonly string[] {
  const list = outcomes.map(({ verdict, rejectWith }) => `${verdict} ${rejectWith}`);
  while (list.length > 1 && list.at(-1) === list.at(-2)) list.pop();
  return list;
}

/** The kind that an interface is of: its own, else the longest pattern that it fits (`eth+`), else all others. */
function kindOf(kinds: Flow['kinds'], device: string): Flow['kinds'][number] | undefined {
  const own = kinds.find(({ name }) => name === device);
  const patterns = kinds.filter(({ label }) => label?.endsWith('+') === true && device.startsWith(label.slice(0, -1)));
  patterns.sort((a, b) => (b.label ?? '').length - (a.label ?? '').length);
  return own ?? patterns[0] ?? kinds.find(({ label }) => label === null);
}

/** The flow with the packet's interface in the place of the kind that it is one of. */
function onKinds(flow: Flow, { interface: device = '' }: Packet): Flow {
  const its = kindOf(flow.kinds, device);
  return { ...flow, kinds: flow.kinds.map((kind) => (kind === its ? { ...kind, name: device } : kind)) };
}

describe('the difference of two rulesets', () => {
  it(
    `${EDITS} random edits: flows are disjoint and right, and nothing else is different`,
    { timeout: 3_600_000 },
    () => {
      let flowsSeen = 0;
      let insideSeen = 0;
      const dialects = fc.constantFrom('dog1' as const, 'dog2' as const);
      fc.assert(
        fc.property(soundPolicy, soundPolicy, fc.nat(), dialects, (policy, other, seed, dialect) => {
          const dice = new Dice(seed);
          const before = compiled(policy, dialect).filter;
          const after = compiled(edited(policy, other, dice), dialect).filter;
          const flows = finish(difference(before, after));
          flowsSeen += flows.length;
          const packets = new BorderPackets([before, after], dice);
          for (let count = 0; count < PACKETS; count += 1) {
            const flow = flows[count % 2 === 0 ? flows.length : dice.below(flows.length)];
            const packet = flow === undefined ? packets.next() : packets.beside(flow.witness);
            const [from, to] = [decidePacket(before, packet), decidePacket(after, packet)];
            const [hit, ...more] = flows.filter((one) => isIn(onKinds(one, packet), packet));
            expect(more).toEqual([]);
            if (hit === undefined) expect(effect(from)).toEqual(effect(to));
            else {
              insideSeen += 1;
              expect([said(from), said(to)]).toEqual([said(hit.before), said(hit.after)]);
            }
          }
          for (const flow of flows) expect(flows.filter((one) => isIn(one, flow.witness))).toEqual([flow]);
        }),
        { numRuns: EDITS },
      );
      expect(flowsSeen).toBeGreaterThan(EDITS / 4);
      expect(insideSeen).toBeGreaterThan(EDITS);
    },
  );
});

import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { decidePacket } from '../../src/analysis/decide-packet.js';
import type { Packet } from '../../src/analysis/packet.js';
import { difference, type Flow } from '../../src/analysis/difference.js';
import { hasPorts, ICMP } from '../../src/analysis/protocols.js';
import { finish } from '../../src/firewall/finish.js';
import { Dice } from '../faults/random-edits/dice.js';
import { BorderPackets, compiled, edited, setsText } from '../support/analysis-policies.js';
import { kernelOfSuite } from '../support/kernel-of-suite.js';
import { INTERFACES, OWN, PacketKernel, type Trial } from '../support/packet-kernel.js';
import { type PolicyInput, soundPolicy } from '../support/policy-arbitrary.js';

/** Pairs of a random policy and a packet: 300 by default, 10,000 with TRIALS=full. */
const PAIRS = process.env['TRIALS'] === 'full' ? 10_000 : 300;
/** Flows whose witness is sent, before and after: 20 by default, 1,000 with TRIALS=full. */
const EDITS = process.env['TRIALS'] === 'full' ? 1_000 : 20;
const A_POLICY = 8;

/** A packet that can be on the way: by an interface that there is, to or from the host's own address. */
function onTheWay(packet: Packet, dice: Dice): Packet {
  const { family, chain } = packet;
  const device = dice.pick([...INTERFACES, 'lo']);
  return { ...packet, interface: device, ...(chain === 'INPUT' ? { dst: OWN[family] } : { src: OWN[family] }) };
}

/** Left out: what never comes as far as the filter table, and AH, in which the two back ends differ in IPv6. */
function canBeSent({ family, protocol, src, dst, chain, interface: device }: Packet): boolean {
  const address = chain === 'INPUT' ? src : dst;
  if (family === 'v6')
    return ![0, 43, 44, 51, 60].includes(protocol) && !/^(?:ff|::1?$)/.test(address) && device !== 'lo';
  const first = Number(address.split('.')[0]);
  return first > 0 && first < 224 && first !== 127 && address !== OWN.v4 && device !== 'lo';
}

/** The packet that this one answers. */
function askedBy(packet: Packet): Packet {
  const { chain, src, dst, sport, dport, family, icmpType } = packet;
  return {
    ...packet,
    chain: chain === 'INPUT' ? 'OUTPUT' : 'INPUT',
    src: dst,
    dst: src,
    ...(sport === undefined || dport === undefined ? {} : { sport: dport, dport: sport }),
    ...(icmpType === undefined ? {} : { icmpType: family === 'v4' ? 8 : 128, icmpCode: 0 }),
  };
}

describe('the evaluator and the kernel', () => {
  const kernelFor = kernelOfSuite();
  let packets: PacketKernel | undefined;
  afterAll(async () => packets?.close());

  it(
    `${PAIRS} pairs of policy and packet have one verdict and one deciding line`,
    { timeout: 36_000_000 },
    async (context) => {
      const oracle = kernelFor(context);
      packets = await PacketKernel.over(oracle);
      const kernel = packets;
      const seen = new Map<string, number>();
      let judgedPairs = 0;
      let round = 0;
      while (judgedPairs < PAIRS) {
        round += 1;
        const [policy] = fc.sample(soundPolicy, 1);
        if (policy === undefined) throw new Error('no policy');
        const dice = new Dice(round);
        const { text, sets, filter } = compiled(policy, dice.pick(['dog1', 'dog2']));
        await oracle.reset();
        const backend = dice.pick(oracle.backends);
        const loaded = await oracle.loadSets(setsText(sets, policy.version));
        expect(loaded, loaded.message).toMatchObject({ ok: true });
        const border = new BorderPackets([filter], dice);
        const trials: Trial[] = [];
        for (let tries = 0; trials.length < A_POLICY && tries < 200; tries += 1) {
          const packet = onTheWay(border.next(), dice);
          if (!canBeSent(packet)) continue;
          const answers =
            dice.below(3) === 0 && (hasPorts(packet.protocol) || packet.protocol !== ICMP[policy.version]);
          if (answers) trials.push({ packet, flags: 'syn-ack', first: askedBy(packet) });
          else trials.push({ packet, flags: dice.pick(['syn', 'syn', 'none']) });
        }
        for (const [at, judged] of (await kernel.judge(text, policy.version, backend, trials)).entries()) {
          if (judged === undefined) continue;
          judgedPairs += 1;
          const { state, verdict, rule } = judged;
          seen.set(`${state} ${verdict}`, (seen.get(`${state} ${verdict}`) ?? 0) + 1);
          const trial = trials[at] as Trial;
          const said = decidePacket(filter, { ...trial.packet, state });
          const about = JSON.stringify({ trial, backend, judged, text });
          expect(
            said.outcomes.map((outcome) => [outcome.verdict, outcome.rule]),
            about,
          ).toContainEqual([verdict, rule]);
          if (said.verdict !== 'depends') expect(said.outcomes, about).toHaveLength(1);
        }
      }
      expect([...seen.keys()].map((key) => key.split(' ')[0])).toEqual(
        expect.arrayContaining(['NEW', 'ESTABLISHED', 'INVALID']),
      );
      context
        .annotate(`${judgedPairs} pairs of ${round} policies: ${JSON.stringify([...seen])}`)
        .catch(() => undefined);
    },
  );

  it(
    `witnesses of ${EDITS} flows of random edits have in the kernel the verdicts that the flow says, before and after`,
    { timeout: 36_000_000 },
    async (context) => {
      const oracle = kernelFor(context);
      packets ??= await PacketKernel.over(oracle);
      let [judgedFlows, round] = [0, 0];
      while (judgedFlows < EDITS) {
        round += 1;
        const [policy, other] = fc.sample(soundPolicy, 2) as [PolicyInput, PolicyInput];
        const dice = new Dice(round);
        const dialect = dice.pick(['dog1', 'dog2'] as const);
        const changed = edited(policy, other, dice);
        const [before, after] = [compiled(policy, dialect), compiled(changed, dialect)];
        const flows = finish(difference(before.filter, after.filter)).filter(
          ({ witness }) =>
            canBeSent(witness) &&
            INTERFACES.includes(witness.interface as (typeof INTERFACES)[number]) &&
            (witness.chain === 'INPUT' ? witness.dst : witness.src) === OWN[policy.version],
        );
        if (flows.length === 0) continue;
        const trials = flows.slice(0, A_POLICY).map(({ witness }): Trial => {
          if (witness.state === 'ESTABLISHED') return { packet: witness, flags: 'syn-ack', first: askedBy(witness) };
          return { packet: witness, flags: witness.state === 'INVALID' ? 'none' : 'syn' };
        });
        const backend = dice.pick(oracle.backends);
        for (const [side, { text, sets }] of [['before', before] as const, ['after', after] as const]) {
          await oracle.reset();
          expect(await oracle.loadSets(setsText(sets, policy.version))).toMatchObject({ ok: true });
          for (const [at, judged] of (await packets.judge(text, policy.version, backend, trials)).entries()) {
            const flow = flows[at] as Flow;
            // Some states can't be made with one packet: a RELATED one, say.
            if (judged === undefined || judged.state !== flow.witness.state) continue;
            judgedFlows += 0.5;
            const said = flow[side].outcomes.map(({ verdict, rule }) => [verdict, rule]);
            expect(said, JSON.stringify({ side, backend, judged, witness: flow.witness, text })).toContainEqual([
              judged.verdict,
              judged.rule,
            ]);
          }
        }
      }
      context.annotate(`${judgedFlows} flows of ${round} edits`).catch(() => undefined);
    },
  );
});

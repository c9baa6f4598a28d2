import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RULE_CHOICES } from '../../../src/firewall/dialect-rules.js';
import { packetTexts } from '../../../src/firewall/iptables/print-packets.js';
import type { Emission, Pass } from '../../../src/firewall/rules/emission.js';
import { readService, type ServiceEntry } from '../../../src/firewall/rules/read-service.js';
import { NO_ADDRESSES } from '../../../src/firewall/rules/ruleset-input.js';
import { servicePackets } from '../../../src/firewall/rules/service-packets.js';

const document = fc.record({
  name: fc.constant('some'),
  services: fc.array(
    fc.record({
      protocol: fc.constantFrom('tcp', 'icmp', 'ipv6-icmp', '1', '58'),
      ports: fc.array(fc.constantFrom('8', '0', '3/1', '13', '128', '255', 'echo-request', 'any', '22', '80:90')),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

/** Where packets are asked for. */
const asked = fc.record({
  service: fc.nat(3),
  entry: fc.nat(2),
  pass: fc.constantFrom<Pass>('inbound', 'answer', 'outbound'),
  limited: fc.boolean(),
  dialect: fc.constantFrom('dog1', 'dog2'),
  version: fc.constantFrom('v4', 'v6'),
});
type Asked = typeof asked extends fc.Arbitrary<infer One> ? One : never;

/** The packets, their texts, and what was said of them. */
function answerOf(entry: ServiceEntry, { pass, limited, dialect, version }: Asked): unknown {
  const said: unknown[] = [];
  const emission: Emission = {
    choices: RULE_CHOICES[dialect],
    type: 'ipsets',
    version,
    addresses: NO_ADDRESSES,
    sets: new Set(),
    fault: (fault) => said.push(fault),
    warn: (...warning) => said.push(warning),
  };
  const packets = servicePackets(entry, pass, limited, emission);
  return { packets, said, texts: packets === undefined ? [] : packetTexts(packets, version) };
}

describe('packets of services, which are kept with them', () => {
  it('are what a service read afresh gives, whatever was asked of it before', () => {
    fc.assert(
      fc.property(fc.array(document, { minLength: 1, maxLength: 4 }), fc.array(asked), (documents, questions) => {
        const read = (at: number): readonly ServiceEntry[] => {
          const service = readService(documents[at % documents.length] ?? null);
          return service.ok ? service.service.entries : [];
        };
        const held = documents.map((_, at) => read(at));
        for (const question of questions) {
          const [known, fresh] = [held[question.service % held.length], read(question.service)];
          const at = question.entry % fresh.length;
          expect(answerOf(known?.[at] as ServiceEntry, question)).toEqual(
            answerOf(fresh[at] as ServiceEntry, question),
          );
        }
      }),
    );
  });
});

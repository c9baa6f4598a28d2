import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readService } from '../../../src/firewall/rules/read-service.js';
import { readServiceOnce } from '../../../src/firewall/rules/read-service-once.js';
import type { Json } from '../../../src/model/document.js';

const entry = fc.oneof(
  fc.record({
    protocol: fc.constantFrom('tcp', 'udp', 'icmp', 'ipv6-icmp', '47', 'esp', 'what'),
    ports: fc.array(fc.constantFrom('22', '80,443', '8000:8100', '8', '', 'x'), { maxLength: 3 }),
  }),
  fc.constantFrom<Json>(null, 7, { protocol: 1, ports: [] }, { protocol: 'tcp', ports: [22] }),
);
const service = fc.oneof(
  fc.record({ id: fc.constantFrom('a', 'b'), name: fc.constantFrom<Json>('ssh', 'web', 3), services: fc.array(entry) }),
  fc.constantFrom<Json>(null, 'text', [], { id: 'a', name: 'ssh' }),
);

describe('a service that is read once', () => {
  it('says what it says when it is read afresh, whatever of its id was read before and after', () => {
    fc.assert(
      fc.property(fc.array(service, { maxLength: 12 }), fc.array(fc.nat(11)), (edits, looks) => {
        for (const at of looks) {
          const document = edits[at] as Json | undefined;
          if (document === undefined) continue;
          expect(readServiceOnce(document)).toEqual(readService(document));
        }
      }),
    );
  });

  it('is read once', () => {
    const document = { id: 'a', name: 'ssh', services: [{ protocol: 'tcp', ports: ['22'] }] };
    expect(readServiceOnce(document)).toBe(readServiceOnce(document));
    expect(readServiceOnce({ ...document })).not.toBe(readServiceOnce(document));
  });
});

import type { JsonObject } from '../../src/model/document.js';

const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The text fields that every agent's report has. */
export function reportFields(changes: JsonObject = {}): JsonObject {
  return {
    name: 'web1.example.net',
    hostkey: 'host-key-0001',
    group: 'web',
    environment: '*',
    location: '*',
    interfaces: '{"lo":["127.0.0.1"],"eth0":["10.0.0.1"]}',
    hash4_ipsets: NOTHING,
    hash6_ipsets: NOTHING,
    hash4_iptables: NOTHING,
    hash6_iptables: NOTHING,
    ipset_hash: NOTHING,
    version: '20240301-1',
    provider: 'unknown',
    ...changes,
  };
}

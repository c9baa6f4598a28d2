import type { ReportedHashes } from '../../wire/messages/report.js';

/** SHA-256 of nothing. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** What a host reports that has no rules at all. */
export const NOTHING_LOADED: ReportedHashes = {
  hash4_ipsets: EMPTY,
  hash6_ipsets: EMPTY,
  hash4_iptables: EMPTY,
  hash6_iptables: EMPTY,
  ipset_hash: EMPTY,
};

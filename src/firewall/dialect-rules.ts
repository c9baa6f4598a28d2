import type { Dialect } from './dialect.js';
import type { Side } from './rules/firewall-rule.js';

/**
 * What the two dialects do differently in rulesets (docs/rulesets.md#two-dialects). `dog1`
 * prints what the Erlang server printed wherever the kernel reads it back to the same hash; `dog2` also corrects its
 * mistakes. Everything else is the same code.
 */
export interface RuleChoices {
  readonly dialect: Dialect;
  /** Which side of an answering packet the peer's set is matched against. `source` is the Erlang server's defect. */
  readonly answerSetSide: Side;
  /** Whether IPv6 OUTPUT, whose policy is DROP, accepts loopback, established traffic and neighbour discovery. */
  readonly ipv6HostTraffic: boolean;
  /** `old`: quoted only around blanks, nothing escaped, wherever that hashes the same. `kernel`: as `iptables-save`. */
  readonly commentStyle: 'old' | 'kernel';
  /** Print `?` for what is not ASCII: agents read it back as characters, not bytes, and never get the same hash. */
  readonly asciiComments: boolean;
  /**
   * Whether control characters are refused in a stored comment (line feed and NUL always are), and backslashes
   * everywhere: agents read back through a shell that interprets them. `dog1` keeps those that the kernel prints as
   * the Erlang server wrote them.
   */
  readonly refuseOddText: boolean;
  /** Whether null, true and false print as words in `interface`, and lists of strings are concatenated. */
  readonly looseText: boolean;
  /** Whether only `BASIC` and `DROP` in capitals count when the answering rules are chosen. */
  readonly exactAnswerWords: boolean;
  /** Whether a group, zone or service whose name is ANY in any case stands for everyone, whatever it holds. */
  readonly anyByName: boolean;
  /** What an outbound ping rule accepts: only replies (as the Erlang server did), or requests. */
  readonly outboundPing: 'reply' | 'request';
  /** Whether ICMP types are translated for IPv6, or keep their IPv4 number. */
  readonly translateIcmp: boolean;
  /** What addresses of local groups and zones are looked up by in rulesets without sets: maps go by name. */
  readonly addressKey: 'id' | 'name';
  /** Whether rulesets without sets keep limits, or turn them into unconditional rules. */
  readonly limitsWithoutSets: boolean;
  /**
   * Most bytes in the name of a set: 31 is what a rule can name, 30 leaves room for the `n` of the work copy, without
   * which the set is never made.
   */
  readonly setNameBytes: 31 | 30;
  /** Agents leave lines of LXD's bridge out of their hash: refuse such a rule, or only warn. */
  readonly refuseLxdBridge: boolean;
}

/** The two tables. */
export const RULE_CHOICES: Readonly<Record<Dialect, RuleChoices>> = {
  dog1: {
    dialect: 'dog1',
    answerSetSide: 'source',
    ipv6HostTraffic: false,
    commentStyle: 'old',
    asciiComments: false,
    refuseOddText: false,
    looseText: true,
    exactAnswerWords: true,
    anyByName: true,
    outboundPing: 'reply',
    translateIcmp: false,
    addressKey: 'id',
    limitsWithoutSets: false,
    setNameBytes: 31,
    refuseLxdBridge: false,
  },
  dog2: {
    dialect: 'dog2',
    answerSetSide: 'destination',
    ipv6HostTraffic: true,
    commentStyle: 'kernel',
    asciiComments: true,
    refuseOddText: true,
    looseText: false,
    exactAnswerWords: false,
    anyByName: false,
    outboundPing: 'request',
    translateIcmp: true,
    addressKey: 'name',
    limitsWithoutSets: true,
    setNameBytes: 30,
    refuseLxdBridge: true,
  },
};

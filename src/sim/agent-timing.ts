/** How long an agent waits where, in milliseconds (docs/protocol.md#what-an-agent-does). */
export interface AgentTiming {
  /** From process start to the first report. */
  readonly startDelayMs: number;
  /** Between two samples of interfaces and hashes. */
  readonly pollMs: number;
  readonly keepaliveFirstMs: number;
  readonly keepaliveMs: number;
  /** After each `ipset restore`. */
  readonly setsPauseMs: number;
  /** Between two tries of `ipset restore`. */
  readonly setsRetryMs: number;
  readonly setsTries: number;
  /** Between two tries of `iptables-restore`. */
  readonly rulesRetryMs: number;
  readonly rulesTries: number;
  /** From the report that it stops to the end. */
  readonly stopDelayMs: number;
  /** Between two attempts to connect. */
  readonly reconnectMs: number;
}

/** A minute in about a second and a half, for demonstrations and tests. */
export const QUICK_TIMING: AgentTiming = {
  startDelayMs: 100,
  pollMs: 250,
  keepaliveFirstMs: 1_000,
  keepaliveMs: 1_000,
  setsPauseMs: 20,
  setsRetryMs: 50,
  setsTries: 4,
  rulesRetryMs: 100,
  rulesTries: 7,
  stopDelayMs: 100,
  reconnectMs: 200,
};

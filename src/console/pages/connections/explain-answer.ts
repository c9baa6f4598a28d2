import type { JsonObject } from '../../../model/document.js';

// Until src/http/questions/explain.ts declares what it answers, this stands for it (docs/http-api.md#explain-and-reach).

export interface AddressesAnswer {
  readonly addresses: readonly string[];
  readonly count: string;
  readonly names: readonly string[];
  readonly except?: readonly string[];
}

/** Where a line came from. */
export interface LineSource {
  readonly ruleset?: string;
  readonly profile?: string;
  readonly direction?: string;
  /** From 0. */
  readonly index?: number;
  readonly comment?: string;
  readonly fixed?: string;
  readonly former?: true;
}

export interface StepOutcome {
  readonly verdict: string;
  readonly line: string | null;
  readonly line_number: number | null;
  readonly source: LineSource | null;
}

export interface ExplainStep extends StepOutcome {
  readonly host: string | null;
  readonly group: string | null;
  readonly chain: string;
  readonly state: string;
  readonly outcomes?: readonly StepOutcome[];
  readonly revision?: number | null;
  readonly why?: string;
}

export interface ExplainCase {
  readonly family: string;
  readonly verdict: string;
  readonly protocol: string;
  readonly ports: string | null;
  readonly icmp_types?: string;
  readonly source_ports?: string;
  readonly from: AddressesAnswer;
  readonly to: AddressesAnswer;
  readonly witness: JsonObject;
  readonly steps: readonly ExplainStep[];
}

export interface HostsAheadAnswer {
  readonly group: string;
  readonly rollout: string;
  readonly hosts: readonly string[];
  readonly host_count: number;
}

export interface ExplainAnswer {
  readonly verdict: string;
  readonly cases: readonly ExplainCase[];
  readonly left_off?: number;
  readonly ahead?: readonly HostsAheadAnswer[];
  readonly at?: number;
  readonly taken_from_now?: readonly string[];
}

/** A line of `GET /api/V2/assertions/report`. */
export interface AssertionLine {
  readonly id: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port?: number;
  readonly family?: string;
  readonly expect: 'accept' | 'refuse';
  readonly mode: 'enforce' | 'warn';
  readonly comment?: string;
  readonly state: 'holds' | 'broken' | 'unknown';
  readonly witness: JsonObject | null;
  readonly reason?: string;
}

export interface GuardLine {
  readonly id: string;
  readonly name: string;
  readonly state: 'holds' | 'broken' | 'unknown';
  readonly witness: JsonObject | null;
  readonly reason?: string;
  readonly groups?: number;
  readonly broken_count?: number;
  readonly unknown_count?: number;
}

export interface AssertionsReport {
  readonly assertions: readonly AssertionLine[];
  readonly guards: readonly GuardLine[];
}

import type { GroupError } from '../../firewall/policy/compile-group.js';
import type { Json, JsonObject } from '../../model/document.js';
import type { JudgementRow } from '../views/judgement-row.js';

/** A family of a group's rules: hashes of its texts, null where there is none, and their difference. */
export interface PlannedFamily extends JsonObject {
  readonly before: string | null;
  readonly after: string | null;
  readonly diff: string;
}

/** A group whose rules or sets would be others. */
export interface PlannedGroup extends JsonObject {
  readonly id: string;
  readonly name: string;
  readonly hosts: number;
  readonly v4: PlannedFamily;
  readonly v6: PlannedFamily;
  readonly error: GroupError | null;
  /** Flows (docs/analysis.md#flows). */
  readonly opens: readonly JsonObject[];
  readonly closes: readonly JsonObject[];
  readonly changes: readonly JsonObject[];
  /** Why those could not be worked out; null: they were. */
  readonly unclear: string | null;
}

/** A set whose addresses would be others: at most 100 each way, and how many there are. */
export interface PlannedSet extends JsonObject {
  readonly name: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly added_count: number;
  readonly removed_count: number;
}

/** A document that would be written or removed. */
export interface PlannedDocument extends JsonObject {
  readonly table: string;
  readonly id: string;
  /** Its name, as far as it has one. */
  readonly name: string;
  readonly becomes: 'created' | 'changed' | 'removed';
}

export interface PlanWarning extends JsonObject {
  readonly code: string;
  readonly message: string;
  readonly where: Json;
}

/** The answer to `POST /api/V2/plan` and to a write with `?plan=true` (docs/http-api.md#plans). Times are epoch seconds. */
export interface PlanAnswer extends JsonObject {
  readonly id: string;
  readonly made_at: number;
  readonly expires_at: number;
  readonly author: string;
  readonly reason: string | null;
  readonly writes: readonly JsonObject[];
  readonly stores: readonly PlannedDocument[];
  readonly groups: readonly PlannedGroup[];
  readonly sets: readonly PlannedSet[];
  readonly hosts_touched: number;
  readonly assertions: readonly JudgementRow[];
  readonly guards: readonly JudgementRow[];
  readonly warnings: readonly PlanWarning[];
  readonly ec2: readonly Json[];
}

/** A host that an event is about. */
interface OfHost {
  readonly hostkey: string;
  readonly name: string;
  /** The name of its group. */
  readonly group: string;
}

/** A group that an event is about. */
interface OfGroup {
  readonly group_id: string;
  readonly group: string;
}

/** What happens to the fleet, its policy and the server itself, as `GET /api/V2/events` tells it. */
export type ServerEvent =
  /** A host is in another state (docs/host-lifecycle.md). */
  | (OfHost & { readonly kind: 'host_state'; readonly from: string; readonly to: string })
  /** A host does not hold what it was sent, beyond what is tolerated; `differing` names the hashes. */
  | (OfHost & { readonly kind: 'drift_found'; readonly differing: readonly string[] })
  | (OfHost & { readonly kind: 'drift_mended' })
  /** The group keeps its last good ruleset. */
  | (OfGroup & { readonly kind: 'compile_failed'; readonly reason: string })
  | (OfGroup & { readonly kind: 'compile_recovered' })
  /** The broker has confirmed the group's ruleset. */
  | (OfGroup & { readonly kind: 'ruleset_published' })
  /** A rollout of the group (docs/rollout.md#states) is in another state; `from` null: it is new. */
  | (OfGroup & {
      readonly kind: 'rollout_state';
      readonly rollout: string;
      readonly from: string | null;
      readonly to: string;
      readonly why: string | null;
    })
  /** The broker has confirmed the sets; `hash` is that which hosts report. */
  | { readonly kind: 'sets_published'; readonly hash: string }
  /** Which connection: `publishing` or `reports`. */
  | { readonly kind: 'broker_lost' | 'broker_back'; readonly connection: 'publishing' | 'reports' }
  | { readonly kind: 'store_lost'; readonly reason: string }
  | { readonly kind: 'store_back' }
  | { readonly kind: 'alarm_set' | 'alarm_cleared'; readonly alarm: string; readonly text: string }
  /** Somebody changed a document of the policy over this server; the audit trail has what was changed. */
  | {
      readonly kind: 'policy_edit';
      readonly change: 'created' | 'changed' | 'removed';
      readonly resource: string;
      readonly id: string;
      readonly name: string | null;
      readonly author: string;
    };

export const SERVER_EVENT_KINDS = [
  'host_state',
  'drift_found',
  'drift_mended',
  'compile_failed',
  'compile_recovered',
  'ruleset_published',
  'rollout_state',
  'sets_published',
  'broker_lost',
  'broker_back',
  'store_lost',
  'store_back',
  'alarm_set',
  'alarm_cleared',
  'policy_edit',
] as const satisfies readonly ServerEvent['kind'][];

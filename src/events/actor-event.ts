/** What happens to supervisors and actors, as `GET /api/V2/actors/events` tells it. */
export type ActorEvent =
  /** An actor runs; those by key (hosts, groups) are too many to be told of, but their crashes are. */
  | { readonly kind: 'started' | 'restarted'; readonly path: string }
  /** An actor ended by its own fault; `last_message` is the kind of what it was handling, null: nothing yet. */
  | {
      readonly kind: 'crashed';
      readonly path: string;
      readonly reason: string;
      readonly last_message: string | null;
      readonly mailbox: number;
    }
  /** An actor ended, or was stopped, in another way. */
  | { readonly kind: 'stopped'; readonly path: string; readonly reason: string }
  /** A supervisor has used up its restarts. */
  | { readonly kind: 'gave_up'; readonly path: string; readonly child: string }
  /** An actor handles no messages now; epoch seconds of when it goes on by itself, null: when it is told to. */
  | { readonly kind: 'suspended'; readonly path: string; readonly resumes_at: number | null }
  | { readonly kind: 'resumed'; readonly path: string; readonly why: 'told' | 'time' }
  | { readonly kind: 'alarm_set' | 'alarm_cleared'; readonly alarm: string; readonly text: string };

export const ACTOR_EVENT_KINDS = [
  'started',
  'restarted',
  'crashed',
  'stopped',
  'gave_up',
  'suspended',
  'resumed',
  'alarm_set',
  'alarm_cleared',
] as const satisfies readonly ActorEvent['kind'][];

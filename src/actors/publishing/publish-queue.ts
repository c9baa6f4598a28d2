import type { RoomInOutbox } from './room-in-outbox.js';

/** A group whose message is to be sent. */
export interface WaitingGroup {
  /** Monotonic milliseconds. */
  readonly since: number;
  /** Its rules go out even if they are the confirmed ones. */
  readonly force: boolean;
}

/** Why the sets are not published, as the ipset publisher found it last. */
export type SetsHeld = 'guard' | 'paused' | 'loading' | 'links' | 'takeover';

/** What the iptables publisher has gathered. */
export interface GatheredRules {
  /** By the group's id. */
  readonly waiting: ReadonlyMap<string, WaitingGroup>;
  /** Groups that wait for more than time, and why. */
  readonly held: ReadonlyMap<string, string>;
  readonly room: Pick<RoomInOutbox, 'has'>;
}

/** What the ipset publisher has gathered. */
export interface GatheredSets {
  /** Since when sets wait, monotonic milliseconds; undefined: they do not. */
  readonly since: number | undefined;
  readonly held: SetsHeld | undefined;
}

/**
 * A window on what the publishers gather before it goes to the outbox, for those who look on. Each publisher shows its own
 * when it is made: what one that was killed still does is its own affair, and changes nothing of its successor's.
 */
export class PublishQueue {
  /** Undefined: none was made yet. */
  rules: GatheredRules | undefined = undefined;
  sets: (() => GatheredSets) | undefined = undefined;
}

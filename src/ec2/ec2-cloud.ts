import type { Ec2Direction, Ec2Permission, PresentGroup } from './ec2-rule.js';

/**
 * `credentials`: there are none, or EC2 does not take them; `throttled`: too many requests; `unavailable`: EC2 can't be
 * reached or fails itself; `refused`: it does not do what was asked.
 */
export type Ec2ErrorCode = 'credentials' | 'throttled' | 'unavailable' | 'refused';

/** What EC2, or the way to it, answered; the message names no secret. */
export class Ec2Error extends Error {
  override readonly name = 'Ec2Error';
  readonly code: Ec2ErrorCode;
  constructor(code: Ec2ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A change of one security group. */
export interface Ec2Change {
  readonly region: string;
  readonly sgid: string;
  readonly direction: Ec2Direction;
  readonly permissions: readonly Ec2Permission[];
}

/**
 * The port to EC2. Every call rejects with an `Ec2Error`; each tries a few times itself, with backoff and jitter, where
 * EC2 is throttling or away.
 */
export interface Ec2Cloud {
  /** The security groups of a region that have one of these ids, by id; those that EC2 does not know are missing. */
  describe(region: string, sgids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, PresentGroup>>;
  /** Resolves when all of it is there; what was there already counts as done. */
  authorize(change: Ec2Change, signal: AbortSignal): Promise<void>;
  /** Resolves when none of it is there; what was not there counts as done. */
  revoke(change: Ec2Change, signal: AbortSignal): Promise<void>;
  /** Closes connections. */
  close(): void;
}

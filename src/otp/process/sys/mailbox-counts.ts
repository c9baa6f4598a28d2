/** What waits in a mailbox. */
export interface MailboxCounts {
  /** Messages that wait. */
  readonly length: number;
  /** Of those, the oldest that were looked at, at most 1000. */
  readonly counted: number;
  /** How many of the counted are of each kind, in order of their first. */
  readonly kinds: Readonly<Record<string, number>>;
}

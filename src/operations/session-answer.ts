/** `GET /api/V2/session`: who asks, and whom. */
export interface SessionAnswer {
  readonly server: {
    /** This server's name among the servers of one store. */
    readonly name: string;
    readonly version: string;
    readonly role: 'alone' | 'leader' | 'follower';
    /** Two characters: the environment that it is of. */
    readonly env: string;
  };
  readonly auth: 'none' | 'tokens';
  /** As the audit trail names who asks. */
  readonly author: string;
  /** What who asks may do. */
  readonly scopes: readonly ('read' | 'write' | 'command')[];
}

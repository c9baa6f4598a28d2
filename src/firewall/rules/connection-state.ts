/** The states of a connection, in the order in which the kernel prints them. */
export const STATES = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED'] as const;
export type State = (typeof STATES)[number];

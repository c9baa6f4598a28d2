import type { Outbox, OutboxPut, Outcome } from '../../../src/broker/outbox-contract.js';

/** An outbox that hands nothing on: the test says how each message ends. */
export interface MemoryOutbox extends Pick<Outbox, 'put'> {
  readonly puts: { readonly put: OutboxPut; readonly settle: (outcome: Outcome) => void }[];
  /** Targets of what was put, oldest first. */
  targets(): readonly string[];
}

export function memoryOutbox(): MemoryOutbox {
  const puts: MemoryOutbox['puts'] = [];
  return {
    puts,
    targets: () => puts.map(({ put }) => put.target),
    put: (put) => {
      const outcome = new Promise<Outcome>((resolve) => puts.push({ put, settle: resolve }));
      return { accepted: Promise.resolve(), outcome };
    },
  };
}

import { setFlagsFromString } from 'node:v8';

/** What V8 has by itself: factor, and 0, which means that it chooses. `test/cli/keep-heap-small.test.ts` asks the Node that runs. */
export const USUAL = { 'semi-space-growth-factor': 2, 'heap-growing-percent': 0 };
/** Percent: with less V8 collects more often than it is worth; with more, what the start dropped stays. */
const LITTLE: typeof USUAL = { 'semi-space-growth-factor': 1, 'heap-growing-percent': 30 };

/** How a heap that was kept small is let go, in two steps. */
export interface SmallHeap {
  /** There may be more room for new objects, as for what is made and dropped by reports and edits. */
  readonly youngMayGrow: () => void;
  /** The rest too is as V8 has it by itself. */
  readonly mayGrow: () => void;
}

/**
 * Has the heap grow by little, until the functions that come back are called. What a start makes lives on for the most part; V8 would
 * take that for a busy program, and give it room for new objects (32 MB) and for garbage that a server at rest then keeps.
 */
export function keepHeapSmall(): SmallHeap {
  set(LITTLE);
  return {
    youngMayGrow: () => set({ 'semi-space-growth-factor': USUAL['semi-space-growth-factor'] }),
    mayGrow: () => set(USUAL),
  };
}

function set(flags: Partial<typeof USUAL>): void {
  for (const [flag, value] of Object.entries(flags)) setFlagsFromString(`--${flag}=${value}`);
}

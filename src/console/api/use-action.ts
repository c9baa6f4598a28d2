import { useState } from 'preact/hooks';
import { ApiFailure } from './api-failure.js';

/** Something that a person sets off: whether it runs, and why it was refused. */
export interface Action<Args extends readonly unknown[]> {
  readonly busy: boolean;
  readonly failure: ApiFailure | undefined;
  /** Runs it; true: it was done. Does nothing while it runs. */
  readonly run: (...args: Args) => Promise<boolean>;
  readonly forget: () => void;
}

export function useAction<Args extends readonly unknown[]>(act: (...args: Args) => Promise<unknown>): Action<Args> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | undefined>(undefined);
  return {
    busy,
    failure,
    forget: () => setFailure(undefined),
    run: async (...args) => {
      if (busy) return false;
      setBusy(true);
      setFailure(undefined);
      try {
        await act(...args);
        return true;
      } catch (error) {
        if (!(error instanceof ApiFailure)) throw error;
        setFailure(error);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

import { Button } from './button.js';

export interface PagerProps {
  readonly offset: number;
  readonly limit: number;
  readonly total: number;
  /** What is counted, in the plural: `hosts`. */
  readonly what: string;
  readonly onMove: (offset: number) => void;
}

/** Which of how many are shown, and the way to the others. */
export function Pager({ offset, limit, total, what, onMove }: PagerProps) {
  const last = Math.min(offset + limit, total);
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <span class="quiet small">
        {total === 0 ? `No ${what}` : `${offset + 1} to ${last} of ${total.toLocaleString()} ${what}`}
      </span>
      {total > limit && (
        <>
          <Button
            onPress={() => onMove(Math.max(0, offset - limit))}
            disabledWhy={offset === 0 ? 'This is the first page' : undefined}
          >
            Previous
          </Button>
          <Button
            onPress={() => onMove(offset + limit)}
            disabledWhy={last >= total ? 'This is the last page' : undefined}
          >
            Next
          </Button>
        </>
      )}
    </nav>
  );
}

import { Button } from '../../parts/button.js';
import { FilterLink } from '../../parts/filter-link.js';
import { ActorName } from './actor-name.js';
import { CrashesBelow } from './mark-badge.js';
import { BRANCH_LIMIT, type TreeRow } from './tree-rows.js';

export interface TreeNameProps {
  readonly row: TreeRow;
  readonly onToggle: (path: string, open: boolean) => void;
  /** Lists the children of a supervisor from this one on. */
  readonly onPage: (path: string, offset: number) => void;
}

/** The first column of the tree: how deep, open or closed, its name, and which of its children are listed. */
export function TreeName({ row: { actor, level, isOpen }, onToggle, onPage }: TreeNameProps) {
  const { path, id, name, supervisor } = actor;
  const { total = 0, offset = 0 } = supervisor ?? {};
  const last = Math.min(offset + BRANCH_LIMIT, total);
  return (
    <div class="tree-name" style={{ paddingInlineStart: `${level * 18}px` }}>
      {isOpen === undefined ? (
        <span class="tree-leaf" aria-hidden="true" />
      ) : (
        <button
          type="button"
          class="tree-toggle"
          aria-expanded={isOpen}
          aria-label={`${isOpen ? 'Close' : 'Open'} ${name ?? id}`}
          onClick={() => onToggle(path, !isOpen)}
        >
          <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span>
        </button>
      )}
      <div class="tree-words">
        <span class="row tight">
          <ActorName actor={actor} />
          {isOpen === false && <CrashesBelow path={path} />}
        </span>
        {total > BRANCH_LIMIT && (
          <span class="row tight small quiet">
            {isOpen === true ? `${offset + 1} to ${last} of ${total.toLocaleString()}` : total.toLocaleString()}
            {isOpen === true && (
              <>
                <Button
                  kind="plain"
                  label={`Previous of ${id}`}
                  disabledWhy={offset === 0 ? 'These are the first' : undefined}
                  onPress={() => onPage(path, Math.max(0, offset - BRANCH_LIMIT))}
                >
                  Previous
                </Button>
                <Button
                  kind="plain"
                  label={`Next of ${id}`}
                  disabledWhy={last >= total ? 'These are the last' : undefined}
                  onPress={() => onPage(path, offset + BRANCH_LIMIT)}
                >
                  Next
                </Button>
              </>
            )}
            <FilterLink by={{ view: 'list', under: path }} title="Sorted and searched, page by page">
              as a list
            </FilterLink>
          </span>
        )}
      </div>
    </div>
  );
}

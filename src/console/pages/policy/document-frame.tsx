import type { ComponentChildren } from 'preact';
import { DraftBar } from '../../draft/draft-bar.js';
import { Button } from '../../parts/button.js';
import { Page } from '../../parts/page.js';
import { hrefOf } from '../../route/route.js';
import type { Kind } from './kinds.js';
import { copyDocument } from './new-document.js';
import { Standing } from './standing.js';
import type { Edited } from './use-document.js';

/** Heading, what can be done with the whole document, and how it stands in the draft. */
export function DocumentFrame({
  kind,
  edited,
  standing,
  onRemove = edited.remove,
  onCopy,
  children,
}: {
  kind: Kind;
  edited: Edited;
  /** Of which document it is said how it stands; this one by default. */
  standing?: Edited;
  onRemove?: () => void;
  onCopy?: () => void;
  children: ComponentChildren;
}) {
  const { doc, entry } = edited;
  const name = doc?.['name'];
  const removed = entry?.wanted === null;
  return (
    <Page
      title={`${kind.one.charAt(0).toUpperCase()}${kind.one.slice(1)} ${typeof name === 'string' && name !== '' ? name : 'without a name'}`}
      about={<a href={hrefOf(['policy', kind.segment])}>All {kind.title.toLowerCase()}</a>}
      actions={
        doc !== undefined && (
          <>
            {!removed && kind.segment !== 'links' && (
              <Button onPress={onCopy ?? (() => copyDocument(kind, doc))}>Copy {kind.one}</Button>
            )}
            {!removed && (
              <Button kind="danger" onPress={onRemove}>
                Remove {kind.one}
              </Button>
            )}
          </>
        )
      }
    >
      <Standing edited={standing ?? edited} />
      {!removed && children}
      <DraftBar />
    </Page>
  );
}

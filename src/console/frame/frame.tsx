import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { SessionAnswer } from '../../operations/session-answer.js';
import { Announcements } from '../parts/announce.js';
import { Empty } from '../parts/empty.js';
import { hrefOf, place } from '../route/route.js';
import { KeysHelp } from './keys-help.js';
import { LazyPage } from './lazy-page.js';
import { PAGES } from './page-list.js';
import { TopBar } from './top-bar.js';
import { useKeys } from './use-keys.js';

/** What is around every page: the bar at the top, the menu, and the page itself. */
export function Frame({ who }: { who: SessionAnswer }) {
  const [menuOpen, setMenuOpen] = useState(false);
  const [help, setHelp] = useState(false);
  const main = useRef<HTMLElement>(null);
  useKeys(useCallback(() => setHelp(true), []));
  const { segments } = place.value;
  const segment = segments[0] ?? 'now';
  const page = PAGES.find((entry) => entry.segment === segment);
  const shown = useRef(segments.join('/'));
  useEffect(() => {
    // To a reader of screens another page begins at its beginning; the first one is read anyway.
    const path = segments.join('/');
    if (shown.current === path) return;
    shown.current = path;
    setMenuOpen(false);
    main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [segments]);
  return (
    <div class="frame">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        To the page
      </a>
      <TopBar who={who} menuOpen={menuOpen} onMenu={() => setMenuOpen(!menuOpen)} onHelp={() => setHelp(true)} />
      <nav class="side" aria-label="Pages" data-open={menuOpen}>
        <ul>
          {PAGES.map((entry) => (
            <li key={entry.segment} class={'gap' in entry ? 'gap' : undefined}>
              <a href={hrefOf([entry.segment])} aria-current={entry === page ? 'page' : undefined}>
                {entry.title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main ref={main} id="main" tabIndex={-1}>
        {page === undefined ? (
          <Empty title="There is no such page">
            <a href={hrefOf(['now'])}>To what is happening now</a>
          </Empty>
        ) : (
          <LazyPage key={page.segment} page={page.segment} />
        )}
      </main>
      <Announcements />
      {help && <KeysHelp onClose={() => setHelp(false)} />}
    </div>
  );
}

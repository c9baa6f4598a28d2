import { useEffect } from 'preact/hooks';
import { goTo } from '../route/route.js';
import { PAGES } from './page-list.js';

/** A second key counts for so long after `g`, in milliseconds. */
const PAIR_MS = 1500;

/**
 * Keys of the whole console (docs/console.md#keys): `g` and a page's key lead there, `/` goes to the search of a page, `?` shows
 * them. Nothing happens while something is typed.
 */
export function useKeys(showHelp: () => void): void {
  useEffect(() => {
    let g = -Infinity;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
      const now = performance.now();
      if (now - g < PAIR_MS) {
        g = -Infinity;
        const page = PAGES.find(({ key }) => key === event.key);
        if (page !== undefined) goTo([page.segment]);
        return;
      }
      if (event.key === 'g') g = now;
      if (event.key === '?') showHelp();
      if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('main input[type=search]');
        if (search === null) return;
        event.preventDefault();
        search.focus();
      }
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [showHelp]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.closest('input, textarea, select, dialog') !== null || target.isContentEditable)
  );
}

import { signal } from '@preact/signals';

const said = signal('');

/** Says something to those who hear the page instead of seeing it. */
export function announce(text: string): void {
  said.value = text;
}

/** Where it is said; once in the frame. */
export function Announcements() {
  return (
    <div class="unseen" role="status" aria-live="polite">
      {said.value}
    </div>
  );
}

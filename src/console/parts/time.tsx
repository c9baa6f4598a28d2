import { now } from '../live/now.js';
import { agoText } from './ago-text.js';

/** A moment (epoch seconds) as the browser's own time; its title is UTC. */
export function Time({ at, none = 'never' }: { at: number | null | undefined; none?: string }) {
  if (at === null || at === undefined) return <span class="quiet">{none}</span>;
  const date = new Date(at * 1000);
  return (
    <time dateTime={date.toISOString()} title={utc(date)}>
      {date.toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' })}
    </time>
  );
}

/** How long ago a moment was; its title is UTC. It goes on by itself. */
export function Ago({ at, none = 'never' }: { at: number | null | undefined; none?: string }) {
  if (at === null || at === undefined) return <span class="quiet">{none}</span>;
  const date = new Date(at * 1000);
  return (
    <time dateTime={date.toISOString()} title={`${date.toLocaleString()} (${utc(date)})`}>
      {agoText(now.value - at)}
    </time>
  );
}

function utc(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

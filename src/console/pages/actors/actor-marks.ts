import { signal, type ReadonlySignal } from '@preact/signals';
import type { ActorEvent } from '../../../events/actor-event.js';
import { actorFeed } from '../../live/feeds.js';
import { useEvents } from '../../live/use-events.js';
import type { Told } from '../../live/event-lines.js';

/** An event of an actor with its time, in epoch seconds. */
export type Happening = ActorEvent & { readonly at: number };
/** One that is about an actor, and not an alarm. */
export type ActorHappening = Extract<Happening, { readonly path: string }>;

/** What an event says of an actor, shown at its row before any list is asked for again. */
export interface ActorMark {
  readonly last: ActorHappening;
  /** Its last crash, where it crashed meanwhile. */
  readonly crash: Extract<ActorHappening, { readonly kind: 'crashed' }> | undefined;
}

/** Actors that are marked, and events that are listed: a fleet in trouble must not fill the tab's memory. */
const MOST_MARKS = 500;
const MOST_HAPPENINGS = 100;
/** A mark stays for so many seconds; then the columns have it. */
export const MARK_SECONDS = 60;

const allMarks = signal<ReadonlyMap<string, ActorMark>>(new Map());
const allHappenings = signal<readonly Happening[]>([]);

/** By path, those that were marked last at the end. */
export const marks: ReadonlySignal<ReadonlyMap<string, ActorMark>> = allMarks;
/** What happened while the page was shown, newest first. */
export const happenings: ReadonlySignal<readonly Happening[]> = allHappenings;

let waiting: Happening[] = [];

/** Marks actors by what is told of them, as long as the component is shown. */
export function useActorMarks(): void {
  useEvents(actorFeed, undefined, take);
}

function take({ kind, data }: Told): void {
  if (kind === 'lost' || kind === 'end') return;
  waiting.push(data as unknown as Happening);
  // Events that came in one piece are shown at once.
  if (waiting.length === 1) queueMicrotask(show);
}

function show(): void {
  const came = waiting;
  waiting = [];
  allMarks.value = withMarks(allMarks.value, came);
  allHappenings.value = [...came.reverse(), ...allHappenings.value].slice(0, MOST_HAPPENINGS);
}

/** The marks after these events, which come in their order. */
export function withMarks(
  before: ReadonlyMap<string, ActorMark>,
  came: readonly Happening[],
): ReadonlyMap<string, ActorMark> {
  const next = new Map(before);
  for (const last of came) {
    if (!('path' in last)) continue;
    const crash = last.kind === 'crashed' ? last : next.get(last.path)?.crash;
    next.delete(last.path);
    next.set(last.path, { last, crash });
  }
  for (const path of next.keys()) {
    if (next.size <= MOST_MARKS) break;
    next.delete(path);
  }
  return next;
}

/** What `top` shows, by the key that leads there. */
export const VIEWS = { n: 'now', h: 'hosts', g: 'groups', a: 'actors', p: 'publishing', e: 'events' } as const;
export type View = (typeof VIEWS)[keyof typeof VIEWS];

export const ACTOR_SORTS = ['mailbox', 'restarts', 'busy', 'handled'] as const;
export type ActorSort = (typeof ACTOR_SORTS)[number];

/** What the person at the keyboard has chosen. */
export interface TopState {
  readonly view: View;
  readonly sort: ActorSort;
  /** Only rows with this in them. */
  readonly filter: string;
  /** The filter is being typed. */
  readonly typing: boolean;
  /** First row shown. */
  readonly top: number;
  /** No looks are made. */
  readonly held: boolean;
  readonly help: boolean;
  readonly over: boolean;
}

export const FIRST: TopState = {
  view: 'now',
  sort: 'mailbox',
  filter: '',
  typing: false,
  top: 0,
  held: false,
  help: false,
  over: false,
};

const MOST_FILTER = 60;

/** What a key does; keys have the names that node:readline gives them, or are the character itself. */
export function pressed(state: TopState, key: string, page: number): TopState {
  if (key === 'ctrl-c') return { ...state, over: true };
  if (state.typing) return typed(state, key);
  if (state.help) return { ...state, help: false };
  if (Object.hasOwn(VIEWS, key)) return { ...state, view: VIEWS[key as keyof typeof VIEWS], top: 0 };
  switch (key) {
    case 'q':
      return { ...state, over: true };
    case '?':
      return { ...state, help: true };
    case '/':
      return { ...state, typing: true, filter: '', top: 0 };
    case 'escape':
      return { ...state, filter: '', top: 0 };
    case 'space':
      return { ...state, held: !state.held };
    case 'tab':
      return { ...state, view: after(Object.values(VIEWS), state.view), top: 0 };
    case 's':
      return { ...state, sort: after(ACTOR_SORTS, state.sort), top: 0 };
    case 'M':
      return { ...state, sort: 'mailbox', top: 0 };
    case 'R':
      return { ...state, sort: 'restarts', top: 0 };
    case 'B':
    case 'P':
      return { ...state, sort: 'busy', top: 0 };
    case 'down':
      return { ...state, top: state.top + 1 };
    case 'up':
      return { ...state, top: Math.max(0, state.top - 1) };
    case 'pagedown':
      return { ...state, top: state.top + page };
    case 'pageup':
      return { ...state, top: Math.max(0, state.top - page) };
    case 'home':
      return { ...state, top: 0 };
    case 'end':
      return { ...state, top: Number.MAX_SAFE_INTEGER };
    default:
      return state;
  }
}

function typed(state: TopState, key: string): TopState {
  if (key === 'return' || key === 'enter') return { ...state, typing: false };
  if (key === 'escape') return { ...state, typing: false, filter: '' };
  if (key === 'backspace') return { ...state, filter: state.filter.slice(0, -1) };
  const character = key === 'space' ? ' ' : key;
  if ([...character].length !== 1 || state.filter.length >= MOST_FILTER) return state;
  return { ...state, filter: state.filter + character };
}

function after<T>(all: readonly T[], now: T): T {
  return all[(all.indexOf(now) + 1) % all.length] as T;
}

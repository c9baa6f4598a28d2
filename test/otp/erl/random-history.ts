import type { History, Leave, Node, Outcome, Restart, Step, SupNode, SupOptions, WorkerNode } from './history.js';

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class Chance {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  below(most: number): number {
    return Math.floor(this.#random() * most);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  is(probability: number): boolean {
    return this.#random() < probability;
  }
}

const RESTARTS: readonly Restart[] = ['permanent', 'permanent', 'transient', 'temporary'];
const LEAVES: readonly Leave[] = ['normal', 'shutdown', 'boom', 'crash', 'shutdown_why'];
const FAILURES: readonly Outcome[] = ['ignore', 'refuse', 'throws', 'rubbish'];
/** Shutdown time of those that have to be killed: real milliseconds in `erl`. */
const SHORT_MS = 5;

/** A tree of up to three levels, and up to eight steps. Ids are unique; what is dynamic is named `d1`, `d2`, … */
export function randomHistory(seed: number): History {
  const chance = new Chance(seeded(seed));
  let made = 0;
  const workers: string[] = [];
  const sups: { readonly id: string; readonly simple: boolean; readonly children: string[] }[] = [];

  const worker = (autoShutdown: SupOptions['autoShutdown'], simple = false): WorkerNode => {
    made += 1;
    const id = `w${made}`;
    const restart = chance.of(RESTARTS);
    const traps = chance.is(0.5);
    const lastReason = chance.is(0.8) ? 'none' : chance.of(['stays', 'normal', 'boom'] as const);
    const plan: Outcome[] = [];
    if (chance.is(0.85)) plan.push('ok');
    while (chance.is(0.25) && plan.length < 4) plan.push(chance.is(0.4) ? 'ok' : chance.of(FAILURES));
    if (plan.length === 0) plan.push(chance.of(FAILURES));
    // A dynamic child that says ignore when it is started again stays in OTP's books as a child without a process.
    if (simple) plan.forEach((outcome, at) => at > 0 && outcome === 'ignore' && plan.splice(at, 1, 'ok'));
    if (!simple) workers.push(id);
    return {
      kind: 'worker',
      id,
      options: {
        restart,
        shutdown:
          lastReason === 'stays' && traps
            ? chance.is(0.5)
              ? SHORT_MS
              : 'brutal_kill'
            : chance.of([1000, 'brutal_kill', 'infinity'] as const),
        significant: autoShutdown !== 'never' && restart !== 'permanent' && chance.is(0.6),
        plan: chance.is(0.1) ? plan : [...plan, 'ok'],
        traps,
        lastReason,
      },
    };
  };

  const sup = (depth: number, outer: SupOptions['autoShutdown']): SupNode => {
    made += 1;
    const id = depth === 0 ? 'root' : `s${made}`;
    const strategy = chance.of(['one_for_one', 'one_for_all', 'rest_for_one', 'simple_one_for_one'] as const);
    const simple = strategy === 'simple_one_for_one';
    const autoShutdown =
      simple || chance.is(0.6) ? 'never' : chance.of(['any_significant', 'all_significant'] as const);
    const restart = chance.of(RESTARTS);
    const children: Node[] = [];
    if (simple) children.push(worker('never', true));
    else
      for (let left = chance.below(5); left > 0; left -= 1)
        children.push(depth < 2 && chance.is(0.3) ? sup(depth + 1, autoShutdown) : worker(autoShutdown));
    sups.push({ id, simple, children: children.map((child) => child.id) });
    return {
      kind: 'sup',
      id,
      options: {
        restart,
        shutdown:
          depth === 0 ? 'infinity' : chance.of(['infinity', 'infinity', 'infinity', 1000, 'brutal_kill'] as const),
        significant: outer !== 'never' && restart !== 'permanent' && chance.is(0.6),
        strategy,
        intensity: chance.of([0, 1, 1, 2, 3, 5]),
        autoShutdown,
        init: chance.is(0.95) ? 'ok' : chance.of(['ignore', 'throws', 'rubbish'] as const),
      },
      children,
    };
  };

  const tree = sup(0, 'never');
  const dynamic: { readonly sup: string; readonly id: string }[] = [];
  const steps: Step[] = [];
  for (let left = 1 + chance.below(8); left > 0; left -= 1) steps.push(step());
  return { tree, steps };

  /** Ids may be given twice, as others may be started under them. */
  function isOfOneSupervisor(id: string): boolean {
    const all = [...sups.filter(({ children }) => children.includes(id)), ...dynamic.filter((each) => each.id === id)];
    return all.length === 1;
  }

  function step(): Step {
    const target = chance.of(sups);
    if (target.simple && chance.is(0.6)) {
      const mine = dynamic.filter((each) => each.sup === target.id);
      if (mine.length === 0 || chance.is(0.6)) {
        const id = `d${dynamic.length + 1}`;
        dynamic.push({ sup: target.id, id });
        return { do: 'start_dynamic', sup: target.id, id };
      }
      return { do: 'terminate_dynamic', sup: target.id, id: chance.of(mine).id };
    }
    const everybody = [...workers, ...dynamic.map(({ id }) => id)];
    if (everybody.length > 0 && chance.is(0.5)) {
      const id = chance.of(everybody);
      return chance.is(0.2) ? { do: 'kill', id } : { do: 'die', id, reason: chance.of(LEAVES) };
    }
    // Two below one supervisor: what two supervisors do side by side has no order.
    const below = target.simple ? dynamic.filter(({ sup }) => sup === target.id).map(({ id }) => id) : target.children;
    const mine = below.filter(isOfOneSupervisor);
    if (mine.length > 1 && chance.is(0.15)) return { do: 'kill_two', id: chance.of(mine), other: chance.of(mine) };
    if (chance.is(0.15)) return { do: 'kill', id: chance.of(sups).id };
    // Now and then of another supervisor: it is not found there.
    const child = chance.of([...target.children, ...(everybody.length > 0 ? [chance.of(everybody)] : ['none'])]);
    switch (chance.below(6)) {
      case 0:
        return { do: 'delete', sup: target.id, id: child };
      case 1:
      case 2:
        return { do: 'restart', sup: target.id, id: child };
      case 3: {
        // There the two differ on purpose: OTP appends the spec to the start function's arguments.
        if (target.simple) return { do: 'delete', sup: target.id, id: child };
        const made = chance.is(0.8) ? worker('never') : sup(2, 'never');
        // Now and then an id that is there already.
        const node = made.kind === 'worker' && chance.is(0.3) ? { ...made, id: child } : made;
        target.children.push(node.id);
        return { do: 'start', sup: target.id, node };
      }
      default:
        return { do: 'terminate', sup: target.id, id: child };
    }
  }
}

import type { History, Node } from './history.js';

/**
 * What was seen, without the orders that say nothing. Dynamic children are told to stop at once, in the order of a map.
 * And whatever is below a supervisor that was killed dies side by side, by links, beside all that goes on elsewhere: those
 * ends are put last in their step, by name.
 */
export function normalOrder(seen: string, history: History): string {
  const below = descendants(history);
  return seen
    .split(' | ')
    .map((step) =>
      step.replace(/\[(.*?)\]/, (_all, events: string) => `[${inOrder(events.split('; '), below).join('; ')}]`),
    )
    .join(' | ');
}

function inOrder(events: readonly string[], below: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const orphans = new Set<string>();
  const ordered: string[] = [];
  const beside: string[] = [];
  for (const event of events) {
    const [what = '', id = '', reason] = event.split(' ');
    if (what === 'end' && reason === 'killed') for (const each of below.get(id) ?? []) orphans.add(each);
    (what === 'end' && orphans.has(id) ? beside : ordered).push(event);
  }
  // Neighbours among the dynamic ones.
  for (let from = 0; from < ordered.length; from += 1) {
    let to = from;
    while (ordered[to]?.startsWith('end d') === true) to += 1;
    if (to > from + 1) ordered.splice(from, to - from, ...ordered.slice(from, to).sort());
    from = to;
  }
  return [...ordered, ...beside.sort()];
}

function descendants({ tree, steps }: History): ReadonlyMap<string, ReadonlySet<string>> {
  const children = new Map<string, Set<string>>();
  const add = (parent: string, id: string): void =>
    void (children.get(parent) ?? children.set(parent, new Set()).get(parent))?.add(id);
  const walk = (node: Node): void => {
    if (node.kind === 'worker') return;
    for (const child of node.children) {
      add(node.id, child.id);
      walk(child);
    }
  };
  walk(tree);
  for (const step of steps) {
    if (step.do === 'start_dynamic') add(step.sup, step.id);
    if (step.do !== 'start') continue;
    add(step.sup, step.node.id);
    walk(step.node);
  }
  const all = new Map<string, Set<string>>();
  for (const id of children.keys()) {
    const found = new Set<string>();
    const look = (from: string): void => {
      for (const child of children.get(from) ?? []) {
        if (found.has(child)) continue;
        found.add(child);
        look(child);
      }
    };
    look(id);
    all.set(id, found);
  }
  return all;
}

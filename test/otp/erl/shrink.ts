import type { History, Node, SupNode } from './history.js';

/** The smallest history found by leaving things out of which `fails` still holds. */
export async function shrink(history: History, fails: (smaller: History) => Promise<boolean>): Promise<History> {
  for (;;) {
    let smaller: History | undefined;
    for (const candidate of candidates(history))
      if (await fails(candidate)) {
        smaller = candidate;
        break;
      }
    if (smaller === undefined) return history;
    history = smaller;
  }
}

function* candidates({ tree, steps }: History): Generator<History> {
  for (let at = steps.length - 1; at >= 0; at -= 1) yield { tree, steps: steps.filter((_step, each) => each !== at) };
  for (const smaller of smallerNodes(tree)) yield { tree: smaller as SupNode, steps };
}

/** The node without one of its children, or with one of them smaller; a worker with a shorter plan. */
function* smallerNodes(node: Node): Generator<Node> {
  if (node.kind === 'worker') {
    const { plan } = node.options;
    if (plan.length > 1) yield { ...node, options: { ...node.options, plan: plan.slice(0, -1) } };
    if (node.options.traps) yield { ...node, options: { ...node.options, traps: false } };
    return;
  }
  // simple_one_for_one needs its one template.
  const may = node.options.strategy !== 'simple_one_for_one';
  for (const [at, child] of node.children.entries()) {
    if (may) yield { ...node, children: node.children.filter((_child, each) => each !== at) };
    for (const smaller of smallerNodes(child))
      yield { ...node, children: node.children.map((each, place) => (place === at ? smaller : each)) };
  }
}

/** A fault that the histories must find. */
export interface Mutant {
  readonly name: string;
  /** File below src/otp. */
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'children are stopped in the order of their start',
    file: 'supervisor/child-runner.ts',
    right: 'const rows = [...this.children.rows()].reverse();',
    wrong: 'const rows = [...this.children.rows()];',
  },
  {
    name: 'one restart more than the budget',
    file: 'supervisor/intensity.ts',
    right: 'stamps.length - first + 1 <= max,',
    wrong: 'stamps.length - first <= max,',
  },
  {
    name: 'rest_for_one takes one sibling too few along',
    file: 'supervisor/strategy.ts',
    right: 'stop: idsInStartOrder.slice(at + 1).reverse()',
    wrong: 'stop: idsInStartOrder.slice(at + 2).reverse()',
  },
  {
    name: 'a transient child is started again after {shutdown, _}',
    file: 'supervisor/strategy.ts',
    right: "return isOrderly(reason) ? 'keep_undefined' : 'restart';",
    wrong: "return reason === 'normal' || reason === 'shutdown' ? 'keep_undefined' : 'restart';",
  },
  {
    name: 'a temporary bystander comes back',
    file: 'supervisor/supervisor-server.ts',
    right: `    await this.#runner.stop(self, child);
    if (child.spec.restart === 'temporary') this.#children.remove(child);
  }`,
    wrong: `    await this.#runner.stop(self, child);
  }`,
  },
  {
    name: 'a failed restart is given up',
    file: 'supervisor/supervisor-server.ts',
    right: 'this.#retry(self, next);',
    wrong: '',
  },
];

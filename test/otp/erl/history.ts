/** A supervision tree and what is done to it, for both judges: run-here.ts and history.erl. */
export interface History {
  readonly tree: SupNode;
  readonly steps: readonly Step[];
}

export type Restart = 'permanent' | 'transient' | 'temporary';
/** What the start of a worker does: the first time, the second, …; the last one stays. */
export type Outcome = 'ok' | 'ignore' | 'refuse' | 'throws' | 'rubbish';
/** Why a worker ends by itself. */
export type Leave = 'normal' | 'shutdown' | 'boom' | 'crash' | 'shutdown_why';

interface ChildOptions {
  readonly restart: Restart;
  /** Milliseconds, or one of OTP's words. */
  readonly shutdown: 'brutal_kill' | 'infinity' | number;
  readonly significant: boolean;
}

export interface WorkerOptions extends ChildOptions {
  readonly plan: readonly Outcome[];
  readonly traps: boolean;
  /** What it does when it is told to stop and traps exits: ends as told, ends otherwise, or stays until it is killed. */
  readonly lastReason: 'none' | 'stays' | 'normal' | 'boom';
}

export interface SupOptions extends ChildOptions {
  readonly strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one' | 'simple_one_for_one';
  readonly intensity: number;
  readonly autoShutdown: 'never' | 'any_significant' | 'all_significant';
  /** What its init gives: flags and children, `ignore`, a fault, or something that it may not. */
  readonly init: 'ok' | 'ignore' | 'throws' | 'rubbish';
}

export interface WorkerNode {
  readonly kind: 'worker';
  readonly id: string;
  readonly options: WorkerOptions;
}

/** Under simple_one_for_one: one worker, the template. */
export interface SupNode {
  readonly kind: 'sup';
  readonly id: string;
  readonly options: SupOptions;
  readonly children: readonly Node[];
}

export type Node = WorkerNode | SupNode;

export type Step =
  | { readonly do: 'die'; readonly id: string; readonly reason: Leave }
  | { readonly do: 'kill'; readonly id: string }
  /** Two at once: the second dies before anybody has heard of the first. */
  | { readonly do: 'kill_two'; readonly id: string; readonly other: string }
  | { readonly do: 'terminate'; readonly sup: string; readonly id: string }
  | { readonly do: 'terminate_dynamic'; readonly sup: string; readonly id: string }
  | { readonly do: 'restart'; readonly sup: string; readonly id: string }
  | { readonly do: 'delete'; readonly sup: string; readonly id: string }
  | { readonly do: 'start'; readonly sup: string; readonly node: Node }
  | { readonly do: 'start_dynamic'; readonly sup: string; readonly id: string };

/** How a step is named in what is seen, in both judges. */
export function nameOf(step: Step): string {
  switch (step.do) {
    case 'die':
      // Reasons may be tuples in Erlang: they are seen where the worker ends.
      return `die ${step.id}`;
    case 'kill':
      return `kill ${step.id}`;
    case 'kill_two':
      return `kill_two ${step.id} ${step.other}`;
    case 'start':
      return `start ${step.sup}`;
    default:
      return `${step.do} ${step.sup} ${step.id}`;
  }
}

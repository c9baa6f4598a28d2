import type { History, Node, Step } from './history.js';

const REASON = {
  normal: 'normal',
  shutdown: 'shutdown',
  boom: 'boom',
  crash: '{error,crash}',
  shutdown_why: '{shutdown,why}',
} as const;

/** The history as the Erlang term that history.erl reads, on one line. */
export function toErlang({ tree, steps }: History): string {
  return `{${node(tree)},[${steps.map(stepTerm).join(',')}]}.`;
}

function node(given: Node): string {
  const { restart, shutdown, significant } = given.options;
  const common = `restart=>${restart},shutdown=>${shutdown},significant=>${significant}`;
  if (given.kind === 'worker') {
    const { plan, traps, lastReason } = given.options;
    return `{worker,${given.id},#{${common},plan=>[${plan.join(',')}],traps=>${traps},last_reason=>${lastReason}}}`;
  }
  const { strategy, intensity, autoShutdown, init } = given.options;
  const flags = `strategy=>${strategy},intensity=>${intensity},auto_shutdown=>${autoShutdown},init=>${init}`;
  return `{sup,${given.id},#{${common},${flags}},[${given.children.map(node).join(',')}]}`;
}

function stepTerm(step: Step): string {
  switch (step.do) {
    case 'die':
      return `{die,${step.id},${REASON[step.reason]}}`;
    case 'kill':
      return `{kill,${step.id}}`;
    case 'kill_two':
      return `{kill_two,${step.id},${step.other}}`;
    case 'start':
      return `{start,${step.sup},${node(step.node)}}`;
    default:
      return `{${step.do},${step.sup},${step.id}}`;
  }
}

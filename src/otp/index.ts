/** What the actor library publishes; other rooms import nothing else of it, and tests its `testing/`. See README.md. */
export { Fifo } from './process/fifo.js';
export { CallFailed, call, cast } from './process/call.js';
export type { CallFailure, From } from './process/call.js';
export type {
  AnyChildSpec,
  AutoShutdown,
  CheckedSpec,
  ChildSpec,
  ChildType,
  Shutdown,
  StartContext,
  SupFlags,
} from './supervisor/child-spec.js';
export { backoffMs } from './supervisor/backoff.js';
export type { Backoff } from './supervisor/backoff.js';
export { dependentsOf } from './supervisor/dependents.js';
export { comeDue, realClock } from './process/clock.js';
export type { Clock, Due, TimerHandle } from './process/clock.js';
export { endProcess, endProcesses } from './supervisor/end-process.js';
export { killBranch } from './supervisor/kill-branch.js';
export { startLate } from './supervisor/start-late.js';
export { supervisorSpec } from './supervisor/supervisor-spec.js';
export { workerSpec } from './supervisor/worker-spec.js';
export { startApplication } from './supervisor/application.js';
export type { Application, ApplicationOptions, Outcome } from './supervisor/application.js';
export { ProcessDead, StartFailed } from './process/exit.js';
export { crash, watchFaults } from './process/faults.js';
export type { FaultWatch } from './process/faults.js';
export { NO_REPLY, startGenServer, stopGenServer } from './gen-server/gen-server.js';
export type { GenServer, GenServerOptions } from './gen-server/gen-server.js';
export type { DownMsg, ExitMsg, Message, MonitorRef, TimerRef } from './process/message.js';
export type { ChildCounts, ChildView, Crash, Detail, DetailObject, Published } from './process/published.js';
export type {
  Behaviour,
  ActorSystem,
  ActorSystemStats,
  ProcessInfo,
  Self,
  SpawnOptions,
} from './process/actor-system-types.js';
export { createActorSystem } from './process/actor-system.js';
export type { ActorSystemOptions } from './process/actor-system-options.js';
export { keyedChildren } from './supervisor/keyed-children.js';
export type {
  KeyedChildren,
  KeyedChildrenOptions,
  KeyedCounts,
  KeyInBackoff,
} from './supervisor/keyed-children-types.js';
export { nactTurns } from './process/nact-turns.js';
export { Pid } from './process/pid.js';
export type { Name } from './process/pid.js';
export { formatReason, isOrderly } from './process/reason.js';
export type { ExitReason } from './process/reason.js';
export type { CrashDetail, CrashReport, Offender, Report, ReportSink } from './process/report.js';
export { restartBudgets } from './supervisor/restart-budgets.js';
export type { RestartBudget } from './supervisor/restart-budgets.js';
export type { LongMailboxMarks } from './process/mailboxes.js';
export type { CrashBook } from './process/sys/crash-book.js';
export type { MailboxCounts } from './process/sys/mailbox-counts.js';
export type { KindStatistics, Statistics } from './process/sys/statistics.js';
export { SysRefused } from './process/sys/sys.js';
export type { LongMailbox, ProcessStatus, SuspendOptions, Suspension, Sys, SysWait } from './process/sys/sys.js';
export type { SysEvent } from './process/sys/sys-event.js';
export type { Trace, TraceListener } from './process/sys/trace.js';
export { serverName } from './process/address.js';
export type { Address, ServerAddress, ServerName, ServerRef } from './process/address.js';
export type { StartResult } from './gen-server/start-result.js';
export type { Restart, Strategy } from './supervisor/strategy.js';
export {
  countChildren,
  deleteChild,
  getChildspec,
  restartChild,
  restartRunningChild,
  startChild,
  startDynamicChild,
  startSupervisor,
  terminateChild,
  whichChildren,
} from './supervisor/supervisor.js';
export type { ChildDone, ChildStarted, InitCallback, SupInit, SupervisorOptions } from './supervisor/supervisor.js';
export { findActor, tree } from './supervisor/tree.js';
export type { ActorNode, ActorState, SupervisorNode, TreeOptions } from './supervisor/tree.js';
export type { TurnPort } from './process/turn.js';

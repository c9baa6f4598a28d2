/** The actor kernel's published API; nobody outside imports its other files. */
export { CallFailed, call, cast } from './call.js';
export type { CallFailure, From } from './call.js';
export type {
  AnyChildSpec,
  AutoShutdown,
  CheckedSpec,
  ChildSpec,
  ChildType,
  Shutdown,
  StartContext,
  SupFlags,
} from './child-spec.js';
export { backoffMs } from './backoff.js';
export type { Backoff } from './backoff.js';
export { realClock } from './clock.js';
export type { Clock, TimerHandle } from './clock.js';
export { endProcess, endProcesses } from './end-process.js';
export { startApplication } from './application.js';
export type { Application, ApplicationOptions, Outcome } from './application.js';
export { ProcessDead, StartFailed } from './exit.js';
export { crash, watchFaults } from './faults.js';
export type { FaultWatch } from './faults.js';
export { NO_REPLY, startServer, stopServer } from './gen-server.js';
export type { Server, ServerOptions } from './gen-server.js';
export type {
  Behaviour,
  ChildCounts,
  ChildView,
  Crash,
  Detail,
  DetailObject,
  DownMsg,
  ExitMsg,
  Kernel,
  KernelStats,
  Message,
  MonitorRef,
  ProcessInfo,
  Published,
  Self,
  SpawnOptions,
  TimerRef,
} from './kernel-api.js';
export { createKernel } from './kernel.js';
export type { KernelOptions } from './kernel.js';
export { manualTurns } from './manual-turns.js';
export type { ManualTurns } from './manual-turns.js';
export { keyedChildren } from './keyed-children.js';
export type { KeyedChildren, KeyedChildrenOptions, KeyedCounts, KeyInBackoff } from './keyed-children.js';
export { nactTurns } from './nact-turns.js';
export { Pid } from './pid.js';
export type { Name } from './pid.js';
export { formatReason, isOrderly } from './reason.js';
export type { ExitReason } from './reason.js';
export type { Report, ReportSink } from './report.js';
export { serverName } from './server-ref.js';
export type { Address, ServerAddress, ServerName, ServerRef } from './server-ref.js';
export type { StartResult } from './start-result.js';
export type { Restart, Strategy } from './strategy.js';
export {
  countChildren,
  deleteChild,
  getChildspec,
  restartChild,
  startChild,
  startDynamicChild,
  startSupervisor,
  terminateChild,
  whichChildren,
} from './supervisor.js';
export type { ChildDone, ChildStarted, InitCallback, SupInit, SupervisorOptions } from './supervisor.js';
export { findActor, tree } from './tree.js';
export type { ActorNode, ActorState, SupervisorNode, TreeOptions } from './tree.js';
export type { TurnPort } from './turn.js';
export { virtualClock } from './virtual-clock.js';
export type { VirtualClock } from './virtual-clock.js';

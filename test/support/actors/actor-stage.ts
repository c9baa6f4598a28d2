import type { Log } from '../../../src/log/log.js';
import {
  NO_REPLY,
  startGenServer,
  type From,
  type GenServer,
  type Message,
  type Pid,
  type ServerName,
  type ServerRef,
} from '../../../src/otp/index.js';
import { virtualSystem, type VirtualSystem } from '../../../src/otp/testing/index.js';

/** A line that an actor logged. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
  readonly fields: object;
}

/** One actor alone, on turns and time that the test gives. */
export interface ActorStage extends VirtualSystem {
  readonly log: Log;
  /** What was logged, oldest first. */
  readonly lines: LogLine[];
  /** Texts of the lines from `warn` on. */
  warnings(): readonly string[];
  start<Call, Reply, Cast, Info extends Message>(
    actor: GenServer<Call, Reply, Cast, Info>,
  ): Promise<ServerRef<Call, Reply, Cast>>;
  /** Stands in for the actor of this name; gives what it is told, oldest first. */
  hear<Call, Reply, Cast>(name: ServerName<Call, Reply, Cast>): Promise<Cast[]>;
  /** Stands in for the actor of this name; gives what it is asked, to be answered by the test. */
  asked<Call, Reply, Cast>(
    name: ServerName<Call, Reply, Cast>,
  ): Promise<{ readonly request: Call; readonly from: From<Reply> }[]>;
}

/** 1 March 2026, 00:00 UTC: where the wall clock of a stage begins. */
export const STAGE_BEGIN = Date.UTC(2026, 2, 1);

export function actorStage(): ActorStage {
  const v = virtualSystem(STAGE_BEGIN);
  const lines: LogLine[] = [];
  const at =
    (level: LogLine['level']) =>
    (fields: object, text: string): void =>
      void lines.push({ level, text, fields });
  const run = async <Call, Reply, Cast, Info extends Message>(
    actor: GenServer<Call, Reply, Cast, Info>,
    name?: ServerName<Call, Reply, Cast>,
  ): Promise<ServerRef<Call, Reply, Cast>> => {
    const options = name === undefined ? { label: 'actor' } : { name };
    const result = await v.run(startGenServer(v.system, actor, options));
    if (typeof result !== 'object' || !('ok' in result)) throw new Error('did not start', { cause: result });
    return result.ok;
  };
  return {
    ...v,
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    lines,
    warnings: () => lines.filter(({ level }) => level === 'warn' || level === 'error').map(({ text }) => text),
    start: (actor) => run(actor),
    hear: async <Call, Reply, Cast>(name: ServerName<Call, Reply, Cast>) => {
      const heard: Cast[] = [];
      await run({ handleCast: (_self, message: Cast) => void heard.push(message) }, name);
      return heard;
    },
    asked: async <Call, Reply, Cast>(name: ServerName<Call, Reply, Cast>) => {
      const questions: { readonly request: Call; readonly from: From<Reply> }[] = [];
      const handleCall = (_self: unknown, request: Call, from: From<Reply>): typeof NO_REPLY => {
        questions.push({ request, from });
        return NO_REPLY;
      };
      await run({ handleCall }, name);
      return questions;
    },
  };
}

/** What this actor shows of itself. */
export function shownBy(stage: ActorStage, pid: Pid): object {
  return stage.system.info(pid)?.published?.describe?.() ?? {};
}

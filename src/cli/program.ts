import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config/config-error.js';
import { addDiff, addExplain } from './analysis-commands.js';
import { CommandFailure, ToldFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { addBench } from './bench.js';
import { addCompletion } from './completion.js';
import { addConsole } from './console.js';
import { addConfig } from './config.js';
import { addDemo } from './demo.js';
import { WRONG_USE } from './exit-codes.js';
import { addExport } from './export.js';
import { addBackup, addCompile, addDecode, addJournal, addRestore } from './file-commands.js';
import { addImport } from './import.js';
import { addAssertions } from './assertions/assertions.js';
import { addAlarms } from './remote/alarms.js';
import { addDoctor } from './doctor/doctor.js';
import { addEvents } from './remote/events.js';
import { addGroups } from './remote/groups.js';
import { addHost } from './remote/host.js';
import { addHosts } from './remote/hosts.js';
import { addAnalysis, addReach } from './remote/questions.js';
import { addPublishing } from './remote/publishing.js';
import { addRollouts } from './remote/rollouts.js';
import { addRolloutPolicy } from './remote/rollout-policy.js';
import { addStatus } from './remote/status.js';
import { addApply } from './plan/apply.js';
import { addPlan } from './plan/plan.js';
import { addStart } from './start.js';
import { addToken } from './token.js';
import { addTop } from './top/top.js';
import { addTree } from './tree.js';

/**
 * Runs one command line.
 * @returns the exit code (docs/command-line.md#exit-codes).
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const program = createProgram(io);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USE;
    if (error instanceof ToldFailure) return error.exitCode;
    if (error instanceof ConfigError) return report(io, error.message, WRONG_USE);
    if (error instanceof CommandFailure) return report(io, error.message, error.exitCode);
    return report(io, error instanceof Error ? (error.stack ?? error.message) : String(error), 1);
  }
}

function report(io: CliIo, message: string, code: number): number {
  io.err(`dog-trainer: ${message}\n`);
  return code;
}

function createProgram(io: CliIo): Command {
  const program = new Command('dog-trainer')
    .description('The central server of dog: firewall policy in, proven rules out, drift found.')
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: (text, write) => write(`dog-trainer: ${text}`),
    })
    .showHelpAfterError('Run with --help to see what there is.');
  for (const add of [
    addStart,
    addDemo,
    addStatus,
    addHosts,
    addHost,
    addGroups,
    addPublishing,
    addRollouts,
    addRolloutPolicy,
    addAlarms,
    addEvents,
    addTop,
    addDoctor,
    addConsole,
    addTree,
    addCompile,
    addDecode,
    addExplain,
    addReach,
    addAnalysis,
    addDiff,
    addConfig,
    addToken,
    addBackup,
    addRestore,
    addExport,
    addImport,
    addJournal,
    addCompletion,
    addPlan,
    addApply,
    addAssertions,
    addBench,
  ]) {
    add(program, io);
  }
  return program;
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;
}

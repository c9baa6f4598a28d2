import { runCli } from '../../src/cli/program.js';

/** What a command printed, and its exit code. */
export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line inside the test's own process. */
export async function runCliInProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  installedConfig = '/no/service/is/installed',
): Promise<CliRun> {
  let [out, err] = ['', ''];
  const code = await runCli(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    environment,
    installedConfig,
  });
  return { code, out, err };
}

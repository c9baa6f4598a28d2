import type { Config } from '../../config/schema.js';
import { apiAddress } from '../remote/api-address.js';
import { adviceForReason } from './advice-for-reason.js';
import { ok, warning, wrong, type Finding } from './finding.js';

const TIMEOUT_MS = 5000;

/** What the server that is configured here says of itself. */
export interface ServerLook {
  readonly findings: readonly Finding[];
  readonly answers: boolean;
  /** The header `date` of its answer, and when it was asked, in milliseconds. */
  readonly date: string | null;
  readonly askedAt: number;
}

/** `expected`: a server should run here, so that none is a fault. */
export async function lookAtServer(
  config: Pick<Config, 'api'>,
  { expected }: { readonly expected: boolean },
): Promise<ServerLook> {
  const url = `${apiAddress(config.api)}/readyz`;
  const askedAt = Date.now();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const findings = readinessFindings(url, await response.json().catch(() => undefined));
    return { findings, answers: true, date: response.headers.get('date'), askedAt };
  } catch (error) {
    const { cause, message } = error as Error;
    const why = cause instanceof Error && cause.message !== '' ? cause.message : message;
    const says = `none answers at ${url}: ${why}`;
    const finding = expected
      ? wrong(
          'server',
          says,
          'systemctl start dog_trainer; where it does not come up, journalctl -u dog_trainer says why',
        )
      : warning(
          'server',
          says,
          'nothing to do before the first start; after it, systemctl status dog_trainer says more',
        );
    return { findings: [finding], answers: false, date: null, askedAt };
  }
}

function readinessFindings(url: string, answer: unknown): readonly Finding[] {
  const { ready, reasons } = (answer ?? {}) as { readonly ready?: unknown; readonly reasons?: unknown };
  if (typeof ready !== 'boolean' || !Array.isArray(reasons)) {
    const advice = 'another program has this port: end it, or give api.port another';
    return [wrong('server', `${url} is not answered by dog-trainer`, advice)];
  }
  const texts = reasons.map(String);
  const fault = ready ? warning : wrong;
  return [
    ...(ready ? [ok('server', `${url}: ready`)] : []),
    ...texts.map((text) => (isRole(text) ? ok('server', text) : fault('server', text, adviceForReason(text)))),
  ];
}

/** Whether a sentence of `/readyz` only says which of several servers leads. */
function isRole(reason: string): boolean {
  return /^(leading|standing by: .* leads) \(term \d+\)$/s.test(reason);
}

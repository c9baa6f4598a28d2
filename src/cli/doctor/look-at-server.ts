import type { Config } from '../../config/schema.js';
import { apiAddress } from '../remote/api-address.js';
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

export async function lookAtServer(config: Pick<Config, 'api'>): Promise<ServerLook> {
  const url = `${apiAddress(config.api)}/readyz`;
  const askedAt = Date.now();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = (await response.json()) as { readonly ready?: unknown; readonly reasons?: unknown };
    const reasons = Array.isArray(body.reasons) ? body.reasons.map(String) : [];
    const findings =
      body.ready === true
        ? [
            ok('server', `${url}: ready`),
            ...reasons.map((reason) =>
              isRole(reason) ? ok('server', reason) : warning('server', reason, 'dog-trainer status says more'),
            ),
          ]
        : reasons.map((reason) =>
            isRole(reason)
              ? ok('server', reason)
              : wrong('server', reason, 'the server works on when this is right; its log says more'),
          );
    return { findings, answers: true, date: response.headers.get('date'), askedAt };
  } catch (error) {
    const { cause, message } = error as Error;
    const why = cause instanceof Error && cause.message !== '' ? cause.message : message;
    const findings = [
      warning('server', `none answers at ${url}: ${why}`, 'systemctl status dog_trainer; journalctl -u dog_trainer'),
    ];
    return { findings, answers: false, date: null, askedAt };
  }
}

/** Whether a sentence of `/readyz` only says which of several servers leads. */
function isRole(reason: string): boolean {
  return /^(leading|standing by: .* leads) \(term \d+\)$/s.test(reason);
}

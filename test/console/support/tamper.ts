import type { SimAgent } from '../../../src/sim/sim-agent.js';
import { callApi } from './call-api.js';
import type { DemoStage } from './demo-stage.js';

/** A host whose rules somebody changed by hand. */
export interface Tampered {
  readonly agent: SimAgent;
  readonly name: string;
  readonly hostkey: string;
  readonly group: string;
  /** Lets the server repair it. */
  readonly mend: () => Promise<void>;
}

/**
 * Changes the rules of one host of the demo by hand. Publishing is paused meanwhile, so that the host stays as it is until `mend`
 * is called, however slow the machine is.
 */
export async function tamper({ stage, url }: DemoStage): Promise<Tampered> {
  const agent = stage.fleet.agents.find(({ showsItsRules }) => showsItsRules);
  if (agent === undefined) throw new Error('no host of the demo shows its rules');
  await callApi(url, 'POST', '/api/V2/publishing', { paused: true });
  await agent.inject({ kind: 'tampered' });
  const { name, hostkey, group } = agent.progress();
  const mend = async () => void (await callApi(url, 'POST', '/api/V2/publishing', { paused: false }));
  return { agent, name, hostkey, group, mend };
}

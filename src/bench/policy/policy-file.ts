import type { JsonObject } from '../../model/document.js';
import type { FleetPolicy } from './fleet-policy.js';

/** The policy without its hosts as `dog-trainer import` reads it (docs/policy-files.md). */
export function policyFile({ host: _, ...policy }: FleetPolicy): JsonObject {
  const none: JsonObject[] = [];
  return {
    format: 'dog-trainer policy',
    version: 1,
    exported_at: 1_700_000_000,
    ruleset_dialect: 'dog2',
    resources: {
      assertion: none,
      external: none,
      fact: none,
      host: none,
      link: none,
      ...policy,
    },
  };
}

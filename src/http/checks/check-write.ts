import type { Document, JsonObject, Resource } from '../../model/document.js';
import type { Deps } from '../deps.js';
import { violationError } from '../documents/violation-error.js';
import { addressViolation } from './check-addresses.js';
import { checkSlices } from './check-slices.js';
import { setNameViolation } from './check-set-name.js';
import type { Finding } from './finding.js';
import { checkRuleset } from './check-ruleset.js';
import { checkService } from './check-service.js';
import { redactedPassword } from './redacted-password.js';
import { notYetWarnings } from './not-yet-warnings.js';
import type { WriteWarning } from './write-warning.js';

/**
 * Refuses a write that leads to sets or rules which the kernel would refuse (docs/rulesets.md#what-the-kernel-refuses),
 * naming the place and the reason. `before` is the stored document: what it holds already may stay, so that old data
 * can still be mended piece by piece. Resolves with what it is let through with. Throws `data_invalid`.
 */
export async function checkWrite(
  deps: Deps,
  resource: Resource,
  doc: JsonObject,
  before: Document | undefined,
): Promise<readonly WriteWarning[]> {
  if (resource === 'ruleset') {
    const { finding, warnings } = await checkRuleset(deps, doc, before);
    if (finding) throw violationError(finding.violation, finding.more);
    return warnings;
  }
  const finding = await find(deps, resource, doc, before);
  if (finding) throw violationError(finding.violation, finding.more);
  return notYetWarnings(resource, doc);
}

async function find(
  deps: Deps,
  resource: Exclude<Resource, 'ruleset'>,
  doc: JsonObject,
  before: Document | undefined,
): Promise<Finding | undefined> {
  switch (resource) {
    case 'zone':
      return (
        setNameViolation(resource, doc, before) ??
        (await checkSlices.run(
          addressViolation(doc, before, { v4: 'ipv4_addresses', v6: 'ipv6_addresses' }, deps.runtime.dialect()),
        ))
      );
    case 'group':
      return (
        setNameViolation(resource, doc, before) ??
        (await checkSlices.run(
          addressViolation(
            doc,
            before,
            { v4: 'external_ipv4_addresses', v6: 'external_ipv6_addresses' },
            deps.runtime.dialect(),
          ),
        ))
      );
    case 'service':
      return checkService(deps, doc, before);
    case 'link':
      return redactedPassword(doc);
    case 'external':
    case 'fact':
    case 'host':
    case 'profile':
      return undefined;
  }
}

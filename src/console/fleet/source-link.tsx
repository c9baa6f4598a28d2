import type { Source } from '../../operations/fleet-pages.js';
import { ruleHref } from '../route/rule-href.js';

/** Where a line of rules comes from, as a link to its rule where there is one. `profileId`: of the profile whose rules these are. */
export function SourceLink({ source, profileId }: { source: Source | null; profileId: string | null }) {
  if (source === null) return <span class="quiet">not known</span>;
  if ('former' in source)
    return (
      <span class="quiet" title="Policy makes other lines by now">
        earlier policy
      </span>
    );
  if ('fixed' in source)
    return <span class="quiet">{source.fixed === 'policy' ? 'policy of the chain' : 'in every ruleset'}</span>;
  const { direction, index, comment } = source;
  const text = `${direction} ${index + 1}${comment === '' ? '' : `: ${comment}`}`;
  const of = profileId === null ? source : { profile: profileId };
  const href = ruleHref({ ...of, direction, index });
  if (href === undefined) return <span>{text}</span>;
  return (
    <a class="rule-source" href={href} title={`To the rule: ${text}`}>
      {text}
    </a>
  );
}

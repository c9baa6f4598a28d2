import { ruleHref } from '../../route/rule-href.js';
import type { LineSource } from './explain-answer.js';

/** Which rule a line came from, as a link to it where there is one. */
export function SourceLink({ source }: { source: LineSource }) {
  const { direction, index, comment, fixed, former } = source;
  if (fixed === 'policy') return <>No rule decides: the policy of the chain</>;
  if (fixed !== undefined) return <>One of the fixed lines around the rules</>;
  if (former !== undefined) return <>Of rules that policy does not make any more</>;
  const href = ruleHref(source);
  if (href === undefined || index === undefined) return null;
  return (
    <a href={href}>
      {direction} rule {index + 1}
      {comment !== undefined && comment !== '' && ` “${comment}”`}
    </a>
  );
}

import { RULESET_VARIANTS } from '../../model/ruleset-variants.js';
import type { GroupLines, LineOf } from '../../operations/fleet-pages.js';
import { Card } from '../parts/card.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Pager } from '../parts/pager.js';
import { SelectField } from '../parts/field.js';
import { changeQuery, hrefOf, place } from '../route/route.js';
import { hashName } from './hash-names.js';
import { SourceLink } from './source-link.js';

/** Lines that are shown at once: more make a browser slow. */
const A_SLICE = 300;

interface Numbered extends LineOf {
  readonly number: number;
}

/** A ruleset line by line with the source of each, one of its four texts at a time. */
export function RulesetCard({ title, lines }: { title: string; lines: GroupLines }) {
  const { query } = place.value;
  const variant = RULESET_VARIANTS.find(({ apiName }) => apiName === query.get('text')) ?? RULESET_VARIANTS[0];
  const all = lines.texts[variant.apiName];
  const leftOut = lines.left_out[variant.apiName];
  const wanted = Number(query.get('line') ?? 0);
  const offset = Number.isSafeInteger(wanted) && wanted > 0 && wanted < all.length ? wanted : 0;
  const slice = all
    .slice(offset, offset + A_SLICE)
    .map((line, index): Numbered => ({ ...line, number: offset + index + 1 }));
  return (
    <Card
      title={title}
      actions={
        <SelectField
          label="Text"
          bare
          value={variant.apiName}
          onValue={(value) => changeQuery({ text: value, line: null })}
          choices={RULESET_VARIANTS.map(({ apiName, hashField }) => [apiName, hashName(hashField)])}
        />
      }
    >
      <p class="small quiet">
        {lines.number === null ? 'It has no number as a revision yet.' : `Revision ${lines.number} of ${lines.group}.`}{' '}
        {lines.profile_id !== null && <a href={hrefOf(['policy', 'profiles', lines.profile_id])}>Its profile</a>}
      </p>
      {all.length === 0 ? (
        <Empty title="There are no lines of this kind">Nothing has been compiled, or it has no such rules.</Empty>
      ) : (
        <>
          <DataTable
            caption={`${title}, line by line`}
            columns={[
              { key: 'number', title: '#', number: true, show: ({ number }) => number },
              {
                key: 'source',
                title: 'From',
                show: ({ source }) => <SourceLink source={source} profileId={lines.profile_id} />,
              },
              { key: 'text', title: 'Line', show: ({ text }) => <code class="rule-text">{text}</code> },
            ]}
            rows={slice}
            keyOf={({ number }) => String(number)}
          />
          <Pager
            offset={offset}
            limit={A_SLICE}
            total={all.length}
            what="lines"
            onMove={(line) => changeQuery({ line: line === 0 ? null : line })}
          />
          {leftOut > 0 && <p class="small quiet">{leftOut.toLocaleString()} more lines are not shown.</p>}
        </>
      )}
    </Card>
  );
}

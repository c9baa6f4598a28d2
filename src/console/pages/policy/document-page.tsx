import type { JSX } from 'preact';
import { DraftBar } from '../../draft/draft-bar.js';
import { Card } from '../../parts/card.js';
import { Empty } from '../../parts/empty.js';
import { Waiting } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { Problem } from '../../parts/problem.js';
import { hrefOf } from '../../route/route.js';
import { DocumentFrame } from './document-frame.js';
import { GroupForm } from './forms/group-form.js';
import { LinkForm } from './forms/link-form.js';
import { ServiceForm } from './forms/service-form.js';
import { ZoneForm } from './forms/zone-form.js';
import type { Kind, KindSegment } from './kinds.js';
import { ProfilePage } from './profile-page.js';
import { useDocument, type Edited } from './use-document.js';

const FORMS: Readonly<Record<Exclude<KindSegment, 'profiles'>, (props: { edited: Edited }) => JSX.Element>> = {
  zones: ZoneForm,
  services: ServiceForm,
  groups: GroupForm,
  links: LinkForm,
};

/** One document: what it is, and its fields. What is changed goes into the draft. */
export function DocumentPage({ kind, id }: { kind: Kind; id: string }) {
  const edited = useDocument(kind.resource, id);
  const { doc, asked } = edited;
  if (doc === undefined)
    return (
      <Page title={kind.title}>
        <DraftBar />
        {asked.failure?.status === 404 ? (
          <Empty title={`There is no ${kind.one} with this id`}>
            <a href={hrefOf(['policy', kind.segment])}>To all {kind.title.toLowerCase()}</a>
          </Empty>
        ) : (
          <>
            <Problem failure={asked.failure} />
            {asked.failure === undefined && <Waiting />}
          </>
        )}
      </Page>
    );
  if (kind.segment === 'profiles') return <ProfilePage kind={kind} edited={edited} doc={doc} />;
  const Form = FORMS[kind.segment];
  return (
    <DocumentFrame kind={kind} edited={edited}>
      <Card title={kind.one.charAt(0).toUpperCase() + kind.one.slice(1)}>
        <Form edited={edited} />
      </Card>
    </DocumentFrame>
  );
}

import { DraftBar } from '../../draft/draft-bar.js';
import { Page } from '../../parts/page.js';
import { place } from '../../route/route.js';
import { AnswerCard } from './answer-card.js';
import { AssertionList } from './assertion-list.js';
import { QuestionForm } from './question-form.js';
import { readQuestion } from './question.js';

/** What happens to connections from one end to another, why, and what is asserted about them (docs/console.md#connections). */
export default function ConnectionsPage() {
  const { query } = place.value;
  const question = readQuestion(query);
  return (
    <Page
      title="Who may talk to whom"
      about="Answered from the very rules and sets that hosts were sent: which line decides, and which rule it came from."
    >
      <QuestionForm key={query.toString()} query={query} />
      {question !== undefined && <AnswerCard key={`answer ${query.toString()}`} question={question} />}
      <AssertionList />
      <DraftBar />
    </Page>
  );
}

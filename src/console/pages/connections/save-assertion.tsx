import { useState } from 'preact/hooks';
import { putInDraft } from '../../draft/draft.js';
import { newId } from '../../draft/new-id.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { SelectField, TextField } from '../../parts/field.js';
import { goTo } from '../../route/route.js';
import { questionText, type Question } from './question.js';

export interface SaveAssertionProps {
  readonly question: Question;
  readonly verdict: string;
  readonly onClose: () => void;
}

/** Puts what was answered into the draft, as an assertion that it stays so. */
export function SaveAssertion({ question, verdict, onClose }: SaveAssertionProps) {
  const clear = verdict === 'accept' || verdict === 'drop' || verdict === 'reject';
  const [name, setName] = useState('');
  const [expect, setExpect] = useState(verdict === 'accept' ? 'accept' : 'refuse');
  const [mode, setMode] = useState('enforce');
  const [tried, setTried] = useState(false);
  const save = () => {
    setTried(true);
    if (name.trim() === '') return;
    const { from, to, protocol = 'any', port, family } = question;
    putInDraft({
      resource: 'assertion',
      id: newId(),
      base: null,
      etag: null,
      wanted: {
        name: name.trim(),
        from,
        to,
        protocol,
        expect,
        mode,
        ...(port === undefined ? {} : { port }),
        ...(family === undefined ? {} : { family }),
      },
    });
    onClose();
    goTo(['policy', 'plan']);
  };
  return (
    <Dialog
      title="Save as an assertion"
      onClose={onClose}
      actions={
        <Button kind="main" onPress={save}>
          Put it into the draft
        </Button>
      }
    >
      <p class="wrap">{questionText(question)}</p>
      {!clear && (
        <p class="note" data-tone="warn">
          The answer is “{verdict}”: as an assertion it is broken now, or can not be told.
        </p>
      )}
      <TextField
        label="Name"
        value={name}
        onValue={setName}
        autoFocus
        hint="Such as: operators reach web"
        wrong={tried && name.trim() === '' ? 'Give a name' : undefined}
      />
      <SelectField
        label="What must stay true"
        value={expect}
        onValue={setExpect}
        choices={[
          ['accept', 'All of it gets through'],
          ['refuse', 'None of it gets through'],
        ]}
      />
      <SelectField
        label="A change that breaks it"
        value={mode}
        onValue={setMode}
        choices={[
          ['enforce', 'is refused'],
          ['warn', 'is let through with a warning'],
        ]}
      />
    </Dialog>
  );
}

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Common {
  readonly label: string;
  /** What is wrong with it, beside it. */
  readonly wrong?: string | undefined;
  /** What it takes. */
  readonly hint?: string;
  readonly disabledWhy?: string | undefined;
  /** The label is for those who do not see: its column says it. */
  readonly bare?: boolean;
}

interface Ids {
  readonly id: string;
  readonly described: string | undefined;
}

function Framed({ label, wrong, hint, bare, children }: Common & { children: (ids: Ids) => ComponentChildren }) {
  const id = useId();
  const about = [wrong === undefined ? undefined : `${id}-wrong`, hint === undefined ? undefined : `${id}-hint`];
  const described = about.filter((part) => part !== undefined).join(' ');
  return (
    <div class="field">
      <label for={id} class={bare === true ? 'unseen' : undefined}>
        {label}
      </label>
      {children({ id, described: described === '' ? undefined : described })}
      {hint !== undefined && (
        <span id={`${id}-hint`} class="small quiet">
          {hint}
        </span>
      )}
      {wrong !== undefined && (
        <span id={`${id}-wrong`} class="wrong" role="alert">
          {wrong}
        </span>
      )}
    </div>
  );
}

export interface TextFieldProps extends Common {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: 'text' | 'password' | 'search' | 'number' | 'datetime-local';
  readonly placeholder?: string;
  /** Values that are offered while one is typed. */
  readonly choices?: readonly string[];
  /** More than one line. */
  readonly rows?: number;
  /** Told when it is left or Enter is pressed. */
  readonly onDone?: () => void;
  readonly autoFocus?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { value, onValue, type = 'text', placeholder, choices, rows, onDone, autoFocus, wrong, disabledWhy } = props;
  return (
    <Framed {...props}>
      {({ id, described }) => {
        const common = {
          id,
          class: 'input',
          value,
          placeholder,
          readOnly: disabledWhy !== undefined,
          title: disabledWhy,
          autoFocus,
          'aria-invalid': wrong !== undefined,
          'aria-describedby': described,
        };
        // Preact's types allow a list to some kinds of input; here the caller knows.
        const typed = { type } as { readonly type: 'text' };
        if (rows !== undefined)
          return <textarea {...common} rows={rows} onInput={({ currentTarget }) => onValue(currentTarget.value)} />;
        return (
          <>
            <input
              {...common}
              {...typed}
              autocomplete="off"
              spellcheck={false}
              {...(choices === undefined ? {} : { list: `${id}-choices` })}
              onInput={({ currentTarget }) => onValue(currentTarget.value)}
              onBlur={onDone}
              onKeyDown={({ key }) => {
                if (key === 'Enter') onDone?.();
              }}
            />
            {choices !== undefined && (
              <datalist id={`${id}-choices`}>
                {choices.map((choice) => (
                  <option key={choice} value={choice} />
                ))}
              </datalist>
            )}
          </>
        );
      }}
    </Framed>
  );
}

export interface SelectFieldProps extends Common {
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** Value and what it is called. */
  readonly choices: readonly (readonly [string, string])[];
}

export function SelectField(props: SelectFieldProps) {
  const { value, onValue, choices, wrong, disabledWhy } = props;
  return (
    <Framed {...props}>
      {({ id, described }) => (
        <select
          id={id}
          class="input"
          value={value}
          disabled={disabledWhy !== undefined}
          title={disabledWhy}
          aria-invalid={wrong !== undefined}
          aria-describedby={described}
          onChange={({ currentTarget }) => onValue(currentTarget.value)}
        >
          {choices.map(([key, name]) => (
            <option key={key} value={key} selected={key === value}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Framed>
  );
}

export interface CheckFieldProps {
  readonly label: string;
  readonly value: boolean;
  readonly onValue: (value: boolean) => void;
  readonly disabledWhy?: string | undefined;
  readonly bare?: boolean;
}

export function CheckField({ label, value, onValue, disabledWhy, bare }: CheckFieldProps) {
  return (
    <label class="row tight">
      <input
        type="checkbox"
        checked={value}
        disabled={disabledWhy !== undefined}
        title={disabledWhy}
        onChange={({ currentTarget }) => onValue(currentTarget.checked)}
      />
      <span class={bare === true ? 'unseen' : undefined}>{label}</span>
    </label>
  );
}

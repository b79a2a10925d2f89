// entry.tsx: one entry of a register of the Local Plan: its form, made of what the hub says it asks; what it says; correcting it, and taking it back.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { fullDate, isoToday, moment } from '../../../shared/ui/format.ts';
import { ActForm, Select, Text, TextArea } from '../acting.tsx';
import type { ApiFailure } from '../api.ts';
import { Facts } from '../facts.tsx';
import { failureOf } from '../live.ts';
import { Trouble } from '../parts.tsx';
import { count } from '../reports/report_api.ts';
import { Pick } from './pick.tsx';
import { planApi, type PlanEntry, type PlanField, type PlanKind, type PlanValues } from './plan_api.ts';

/** What an entry says in one field, as people read it. */
export function fieldWords(field: PlanField, entry: PlanEntry): string {
  const value = entry.values[field.name];
  if (!value) return '';
  switch (field.type) {
    case 'id':
      return entry.names[field.name] ?? '';
    case 'date':
      return fullDate(value);
    case 'word':
      return field.choices?.find((one) => one.value === value)?.label ?? value;
    case 'number':
      return count(Number(value));
    default:
      return value;
  }
}

/* ---- the form ---- */

const longText = 150;

interface FieldProps {
  field: PlanField;
  value: string;
  name: string;
  fixed: boolean;
  onValue: (value: string) => void;
}

function Field({ field, value, name, fixed, onValue }: FieldProps): JSX.Element {
  const hint = field.help || undefined;
  const label = field.needed ? field.label : `${field.label} (may stay empty)`;
  if (fixed) {
    return (
      <div class="field picked">
        <span>{field.label}</span>
        <p>
          <b>{name}</b>
        </p>
      </div>
    );
  }
  if (field.type === 'id') return <Pick label={field.label} help={field.help} of={field.of ?? ''} value={value} name={name} needed={field.needed} onValue={onValue} />;
  if (field.type === 'word') {
    const choices = [{ value: '', label: field.needed ? 'Choose' : 'Not said' }, ...(field.choices ?? [])];
    return (
      <div>
        <Select label={field.label} value={value} onValue={onValue} choices={choices} />
        {hint ? <small>{hint}</small> : null}
      </div>
    );
  }
  if (field.type === 'text' && field.most > longText) {
    return <TextArea label={label} rows={field.most > 600 ? 5 : 2} maxLength={field.most} value={value} onValue={onValue} {...(hint ? { hint } : {})} />;
  }
  return <Text label={label} type={field.type} value={value} onValue={onValue} required={field.needed} {...(hint ? { hint } : {})} {...(field.type === 'text' ? { maxLength: field.most } : {})} />;
}

/** A day that must be said is today, until somebody says another one. */
const firstValue = (kind: PlanKind, field: PlanField): string => (field.needed && field.type === 'date' && field === kind.fields.find((one) => one.type === 'date') ? isoToday() : '');

interface EntryFormProps {
  kind: PlanKind;
  entry: PlanEntry | null;
  /** What the page it is opened on says already: a partner, or a school. */
  given?: { field: string; id: string; name: string } | undefined;
  onDone: () => void;
}

export function EntryForm({ kind, entry, given, onDone }: EntryFormProps): JSX.Element {
  const [values, setValues] = useState<PlanValues>(() => Object.fromEntries(kind.fields.map((field) => [field.name, entry?.values[field.name] ?? (given?.field === field.name ? given.id : entry ? '' : firstValue(kind, field))])));
  const ready = kind.fields.every((field) => !field.needed || (values[field.name] ?? '').trim() !== '');
  const send = async (): Promise<void> => {
    const trimmed = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value?.trim() ?? null]));
    await (entry ? planApi.correct(kind.name, entry, trimmed) : planApi.add(kind.name, trimmed));
    onDone();
  };
  return (
    <ActForm submit={entry ? 'Save the correction' : 'Add'} send={send} ready={ready}>
      {kind.fields.map((field) => {
        const fixed = (entry !== null && field.stays) || given?.field === field.name;
        return <Field key={field.name} field={field} value={values[field.name] ?? ''} name={entry ? fieldWords(field, entry) : (given?.name ?? '')} fixed={fixed} onValue={(value) => setValues((now) => ({ ...now, [field.name]: value }))} />;
      })}
      {entry ? <p class="mute">What was there before stays in the history.</p> : null}
    </ActForm>
  );
}

function TakeBack({ kind, entry, onDone }: { kind: PlanKind; entry: PlanEntry; onDone: () => void }): JSX.Element {
  const [reason, setReason] = useState('');
  const send = async (): Promise<void> => {
    await planApi.takeBack(kind.name, entry.id, reason.trim());
    onDone();
  };
  return (
    <ActForm submit="Take it back" send={send} ready={reason.trim() !== ''} danger>
      <p>It is in no list and no figure any more. That it was there, and why it was taken back, stays in the history.</p>
      <Text label="Why" value={reason} onValue={setReason} maxLength={300} />
    </ActForm>
  );
}

/* ---- what it says ---- */

function Says({ kind, entry, onCorrect, onTakeBack }: { kind: PlanKind; entry: PlanEntry; onCorrect: () => void; onTakeBack: () => void }): JSX.Element {
  return (
    <>
      {(entry.says ?? []).map((text) => (
        <div class="notice" key={text}>
          <Icon name="check" />
          <p>{text}</p>
        </div>
      ))}
      <Facts list={kind.fields.filter((field) => entry.values[field.name]).map((field) => [field.label, <span class="said-text">{fieldWords(field, entry)}</span>])} />
      {entry.written_at ? (
        <p class="mute">
          Written {moment(entry.written_at, Date.now())}
          {entry.written_by ? ` by ${entry.written_by}` : ''}.
        </p>
      ) : null}
      {kind.writes ? (
        <p class="files">
          <button type="button" class="b2" onClick={onCorrect}>
            <Icon name="pencil" />
            Correct
          </button>
          <button type="button" class="b3" onClick={onTakeBack}>
            <Icon name="undo-2" />
            Take back
          </button>
        </p>
      ) : null}
    </>
  );
}

/** An entry is asked for when it is opened, and once: of those that name a learner every look is written down. */
export function EntrySheet({ kind, id, onClose, onChanged }: { kind: PlanKind; id: string; onClose: () => void; onChanged: () => void }): JSX.Element {
  const [entry, setEntry] = useState<PlanEntry | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [acting, setActing] = useState<'correct' | 'void' | null>(null);
  useEffect(() => {
    void planApi.entry(kind.name, id).then(setEntry, (error: unknown) => setFailure(failureOf(error)));
  }, [id]);
  const body = (): JSX.Element | null => {
    if (!entry) return failure ? <Trouble failure={failure} /> : <p class="mute">Asking…</p>;
    if (acting === 'correct') return <EntryForm kind={kind} entry={entry} onDone={onChanged} />;
    if (acting === 'void') return <TakeBack kind={kind} entry={entry} onDone={onChanged} />;
    return <Says kind={kind} entry={entry} onCorrect={() => setActing('correct')} onTakeBack={() => setActing('void')} />;
  };
  return (
    <Sheet key={acting ?? 'says'} title={acting === 'correct' ? `Correct: ${kind.one}` : acting === 'void' ? `Take back: ${kind.one}` : kind.one} onClose={onClose}>
      {body()}
    </Sheet>
  );
}

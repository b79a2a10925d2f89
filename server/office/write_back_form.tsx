// write_back_form.tsx: which columns a file has, in which order and under which names, and how dates and marks are written in it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useFocus, useFocusBack } from '../../shared/ui/components/focus.ts';
import { Icon } from '../../shared/ui/components/icon.tsx';
import { Select, Text } from './acting.tsx';
import type { ApiFailure } from './api.ts';
import { failureOf } from './live.ts';
import { Trouble } from './parts.tsx';
import { codeNames, codeOrder, dateForms, delimiterNames, writeBackApi, type ColumnChoice, type Field, type Settings } from './write_back_api.ts';

interface Props {
  settings: Settings;
  onSettings: (change: Partial<Settings>) => void;
}

const choices = (words: Record<string, string>): { value: string; label: string }[] => Object.entries(words).map(([value, label]) => ({ value, label }));

function Columns({ settings, onSettings, fields }: Props & { fields: readonly Field[] }): JSX.Element {
  const { columns, what } = settings;
  const titleOf = (name: string): string => fields.find((field) => field.name === name)?.title ?? name;
  const put = (next: ColumnChoice[]): void => onSettings({ columns: next });
  const up = (at: number): void => {
    const next = [...columns];
    next.splice(at - 1, 0, ...next.splice(at, 1));
    put(next);
  };
  const others = fields.filter((field) => field[what] && !columns.some(({ field: chosen }) => chosen === field.name));
  return (
    <fieldset class="pick">
      <legend>Columns, in their order</legend>
      <ol class="lines">
        {columns.map((one, at) => (
          <li key={one.field}>
            <label class="field">
              <span>{titleOf(one.field)}</span>
              <input
                class="input"
                maxLength={40}
                placeholder={titleOf(one.field)}
                value={one.heading}
                onInput={(event) => put(columns.map((other) => (other === one ? { ...one, heading: event.currentTarget.value } : other)))}
              />
            </label>
            <span class="files">
              <button type="button" class="b3" disabled={at === 0} onClick={() => up(at)} aria-label={`${titleOf(one.field)} one place up`}>
                Up
              </button>
              <button type="button" class="b3" onClick={() => put(columns.filter((other) => other !== one))} aria-label={`Leave out ${titleOf(one.field)}`}>
                Leave out
              </button>
            </span>
          </li>
        ))}
      </ol>
      {others.length > 0 ? (
        <div class="files">
          {others.map((field) => (
            <button key={field.name} type="button" class="b2" onClick={() => put([...columns, { field: field.name, heading: '' }])}>
              <Icon name="plus" />
              {field.title}
            </button>
          ))}
        </div>
      ) : null}
    </fieldset>
  );
}

function Codes({ settings, onSettings }: Props): JSX.Element {
  return (
    <fieldset class="pick">
      <legend>Marks as the other system writes them</legend>
      <div class="choices">
        {codeOrder.map((code) => (
          <label class="field short" key={code}>
            <span>{codeNames[code]}</span>
            <input
              class="input"
              maxLength={20}
              placeholder={code}
              value={settings.codes[code] ?? ''}
              onInput={(event) => onSettings({ codes: { ...settings.codes, [code]: event.currentTarget.value } })}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Form({ settings, onSettings }: Props): JSX.Element {
  return (
    <div class="choices">
      <Select label="File" value={settings.format} choices={choices({ csv: 'CSV', xlsx: 'Excel workbook' })} onValue={(format) => onSettings({ format: format as Settings['format'] })} />
      {settings.format === 'csv' ? (
        <>
          <Select label="Between cells" value={settings.delimiter} choices={choices(delimiterNames)} onValue={(delimiter) => onSettings({ delimiter: delimiter as Settings['delimiter'] })} />
          <Select label="Byte order mark" value={settings.bom ? 'yes' : 'no'} choices={choices({ yes: 'Yes, for Excel', no: 'No' })} onValue={(bom) => onSettings({ bom: bom === 'yes' })} />
        </>
      ) : null}
      <Select label="Dates like" value={settings.dates} choices={dateForms.map((form) => ({ value: form, label: form }))} onValue={(dates) => onSettings({ dates })} />
      <Text label="From" type="date" value={settings.from} onValue={(from) => onSettings({ from })} />
    </div>
  );
}

export function MappingForm({ start, fields, onDone }: { start: { id: string | null; name: string; settings: Settings }; fields: readonly Field[]; onDone: () => void }): JSX.Element {
  const first = useFocus<HTMLInputElement>();
  useFocusBack();
  const [name, setName] = useState(start.name);
  const [settings, setSettings] = useState(start.settings);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const change = (part: Partial<Settings>): void => setSettings((now) => ({ ...now, ...part }));
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await writeBackApi.save(start.id, name, settings);
      onDone();
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return (
    <form class="card" aria-label={start.id ? `Change ${start.name}` : 'A new mapping'} onSubmit={(event) => void send(event)}>
      <h2>{start.id ? start.name : 'A new mapping'}</h2>
      <label class="field">
        <span>Name</span>
        <input ref={first} class="input" required maxLength={80} value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <Form settings={settings} onSettings={change} />
      <Columns settings={settings} onSettings={change} fields={fields} />
      {settings.what === 'attendance' ? <Codes settings={settings} onSettings={change} /> : null}
      <div class="files">
        <button type="submit" class="b1">
          Save
        </button>
        <button type="button" class="b2" onClick={onDone}>
          Leave it
        </button>
      </div>
      <Trouble failure={failure} />
    </form>
  );
}

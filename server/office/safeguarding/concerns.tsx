// concerns.tsx: safeguarding concerns: sealed until their reader opens a key, in this browser and nowhere else.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { joined, moment, plural } from '../../../shared/ui/format.ts';
import { api, type ConcernPage, type SealedConcern } from '../api.ts';
import { useAsk } from '../live.ts';
import { Link, Trouble } from '../parts.tsx';
import { forgetKey, open, openKey, openOne } from './key.ts';

function KeyForm({ hub }: { hub: string }): JSX.Element {
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!file || passphrase === '') return;
    setBusy(true);
    setTrouble(await open(await file.text(), passphrase, hub));
    setPassphrase('');
    setBusy(false);
  };
  return (
    <form class="card stack" aria-labelledby="key-head" onSubmit={(event) => void submit(event)}>
      <h2 id="key-head">Open them with your key</h2>
      <p>The key stays in this browser. The hub holds sealed bytes, and cannot read them.</p>
      {trouble ? <Trouble failure={{ code: 'WRONG_SECRET', text: trouble }} /> : null}
      <label class="field">
        <span>Key file</span>
        <input class="input" type="file" accept=".json,application/json" onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />
      </label>
      <label class="field">
        <span>Passphrase</span>
        <input class="input" type="password" autocomplete="off" value={passphrase} onInput={(event) => setPassphrase(event.currentTarget.value)} />
      </label>
      <div class="acts">
        <button type="submit" class="b1" disabled={busy || !file || passphrase === ''}>
          <Icon name="key-round" />
          {busy ? 'Opening…' : 'Open'}
        </button>
      </div>
    </form>
  );
}

function Concern({ one, hub }: { one: SealedConcern; hub: string }): JSX.Element {
  const key = openKey.value;
  const opened = key ? openOne(key, hub, one.id, one.sealed) : null;
  const now = Date.now();
  const said = opened !== null && typeof opened !== 'string' ? opened : null;
  return (
    <li class="card concern">
      <h3>{said ? (said.learner && said.learner_name ? <Link href={`/learners/${said.learner}`}>{said.learner_name}</Link> : 'About nobody by name') : 'Sealed'}</h3>
      {said ? <p class="said-text">{said.text}</p> : null}
      {typeof opened === 'string' ? <p class="bad-text">{opened}</p> : null}
      <p class="mute">
        {joined([one.author_name ?? 'Somebody', one.device_name])}. Written {moment(one.written_at, now)}
        {one.received_at ? `, delivered ${moment(one.received_at, now)}` : ''}.
      </p>
    </li>
  );
}

function Readers({ page }: { page: ConcernPage }): JSX.Element {
  if (page.readers.length === 0) {
    return (
      <div class="notice bad">
        <Icon name="triangle-alert" />
        <p>
          No key yet, so devices take no concerns. Whoever keeps the hub makes one: <code>tutti-server safeguarding-key make</code>.
        </p>
      </div>
    );
  }
  return (
    <p class="mute">
      Devices seal to {page.readers.map((one) => `${one.name} (key ${one.number})`).join(', ')}. {page.phone ? `Until one is delivered they say to ring ${page.phone}.` : 'They do not know whom to ring: set a number.'}
    </p>
  );
}

export function Concerns(): JSX.Element {
  const asked = useAsk(() => api.concerns(), 'concerns', ['work'], 1000);
  const page = asked.data;
  const key = openKey.value;
  // Whoever goes to another page keeps the key for a while; whoever signs out does not.
  useEffect(() => {
    window.addEventListener('pagehide', forgetKey);
    return () => window.removeEventListener('pagehide', forgetKey);
  }, []);
  return (
    <section class="stack" aria-labelledby="concerns-head">
      <h2 id="concerns-head">Concerns</h2>
      <Trouble failure={asked.failure} />
      {page ? <Readers page={page} /> : null}
      {page && !key ? <KeyForm hub={page.hub} /> : null}
      {key ? (
        <div class="notice good">
          <Icon name="key-round" />
          <p>
            {key.name}, key {key.number}, is open in this browser.{' '}
            <button type="button" class="b3" onClick={forgetKey}>
              Close it
            </button>
          </p>
        </div>
      ) : null}
      {page ? <p>{page.concerns.length === 0 ? 'No concern has come in.' : plural(page.concerns.length, 'concern')}</p> : null}
      {page ? (
        <ul class="stack">
          {page.concerns.map((one) => (
            <Concern key={one.id} one={one} hub={page.hub} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}

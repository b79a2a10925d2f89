// sync.tsx: what is still to send, what the office signed for, and the ways round a missing network.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { CallFailed } from '../../../shared/ui/call.ts';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { bytesWords, moment, plural, sentence, toSendWords } from '../../../shared/ui/format.ts';
import type { BundleItem, CarriedFile, DeviceStatus, Failure, SyncStatus } from '../../../shared/ui/generated/calls.ts';
import { CarriedBlock, CarrySheet, isExport } from '../parts/carried.tsx';
import { DeviceBlock } from '../parts/device_block.tsx';
import { handOver } from '../parts/hand_over.ts';
import { lineTone, lineWords } from '../parts/line_words.ts';
import { OutcomesBlock } from '../parts/outcomes.tsx';
import { badgeWords } from '../parts/sync_badge.tsx';
import { Top } from '../parts/top.tsx';
import { back } from '../route.ts';
import { call, complain, officeNow, say, sync } from '../state.ts';

const bundleWords: Readonly<Record<string, { text: string; tone: string }>> = {
  waiting: { text: 'Waiting to go', tone: '' },
  sending: { text: 'Sending', tone: 'info' },
  applied: { text: 'Received', tone: 'good' },
  conflict: { text: 'Received; the office decides on a difference', tone: 'warn' },
  held: { text: 'Held at the office until an earlier one comes', tone: 'warn' },
  quarantined: { text: 'Set aside at the office for a look', tone: 'bad' },
  refused: { text: 'Refused', tone: 'bad' },
};

// Of limits.h: a larger call would only end the line to the core, which says nothing about the file.
const fileBytesMax = 8_388_608 - 1024;
const tooLarge: Failure = { code: 'TOO_BIG', text: 'That file is too large to be opened here: no reply of the office is so large. An export that is goes to the office.' };

function Bundle({ bundle, now }: { bundle: BundleItem; now: number }): JSX.Element {
  const words = bundleWords[bundle.status] ?? { text: bundle.status, tone: '' };
  return (
    <li>
      <p>
        <b>Bundle {bundle.seq}</b> <span class={`pill ${words.tone}`}>{words.text}</span>
      </p>
      <p class="mute small">
        {plural(bundle.changesets, 'change')}, {bytesWords(bundle.bytes)}, sealed {moment(bundle.sealed_at, now)}
        {bundle.receipt_at ? `; the office signed for it ${moment(bundle.receipt_at, now)}` : ''}
      </p>
      {bundle.reason ? <p class="small">{sentence(bundle.reason)}</p> : null}
    </li>
  );
}

function Line({ status }: { status: SyncStatus }): JSX.Element {
  const { icon, text, more } = lineWords(status);
  return (
    <div class={`notice ${lineTone(status)}`}>
      <Icon name={icon} />
      <div>
        <p>{text}</p>
        {more.map((one) => (
          <p class="small" key={one}>
            {one}
          </p>
        ))}
      </div>
    </div>
  );
}

function Files(): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [asked, ask] = useState<{ file: CarriedFile; bytes: Uint8Array } | null>(null);
  const run = async (act: () => Promise<string | null>): Promise<void> => {
    setBusy(true);
    try {
      const words = await act();
      if (words) say(words);
    } catch (error) {
      complain(error);
    }
    setBusy(false);
  };
  const save = async (): Promise<string> => {
    const made = await call('export', {});
    if (made.bundles === 0) return 'Nothing is waiting: the office has signed for everything.';
    await handOver(made);
    return `${made.name} holds ${toSendWords({ ...made, changes: made.bundles })}. It is sealed: whoever carries it cannot read it.`;
  };
  const anothers = async (bytes: Uint8Array): Promise<string | null> => {
    const file = await call('carry', { file: bytes, look: true });
    if (file.number > 0) return 'That file is here already; nothing changed.';
    ask({ file, bytes });
    return null;
  };
  const load = (file: File | undefined): void => {
    if (!file) return;
    void run(async () => {
      if (file.size > fileBytesMax) throw new CallFailed(tooLarge);
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (isExport(bytes)) return anothers(bytes);
      const done = await call('import', { file: bytes });
      if (done.bundles_done > 0) return `The office has signed for ${plural(done.bundles_done, 'bundle')}.`;
      if (done.receipts > 0) return 'The office could not simply take what it got: see what to do under Needs help.';
      return 'That reply was known already; nothing changed.';
    });
  };
  return (
    <section class="block" aria-labelledby="files-head">
      <h2 id="files-head">Without a network</h2>
      <p>Save a sealed file, and have it carried to the office: on a stick, or by any device that has a network, which opens it here. A reply file comes back.</p>
      <div class="acts even">
        <button type="button" class="b2" disabled={busy} onClick={() => void run(save)}>
          <Icon name="download" />
          <span>Export</span>
        </button>
        <label class={busy ? 'b2 file busy' : 'b2 file'}>
          <Icon name="upload" />
          <span>Import a file</span>
          <input
            type="file"
            disabled={busy}
            onChange={(event) => {
              load(event.currentTarget.files?.[0]);
              event.currentTarget.value = '';
            }}
          />
        </label>
      </div>
      {asked ? <CarrySheet file={asked.file} bytes={asked.bytes} onClose={() => ask(null)} /> : null}
    </section>
  );
}

function Body({ status, unlocked }: { status: SyncStatus; unlocked: boolean }): JSX.Element {
  const now = officeNow();
  const [busy, setBusy] = useState(false);
  const act = async (run: () => Promise<SyncStatus>): Promise<void> => {
    setBusy(true);
    try {
      sync.value = await run();
    } catch (error) {
      complain(error);
    }
    setBusy(false);
  };
  const held = status.line === 'held';
  return (
    <>
      <section class="block" aria-labelledby="send-head">
        <h2 id="send-head">{toSendWords(status)}</h2>
        <Line status={status} />
        <p class="mute small">
          {status.last_sent_at ? `Last signed for by the office: ${moment(status.last_sent_at, now)}. ` : 'The office has taken nothing yet. '}
          {status.last_contact_at ? `Last contact: ${moment(status.last_contact_at, now)}.` : ''}
        </p>
        <div class="acts even">
          <button type="button" class="b1" disabled={busy || held} onClick={() => void act(() => call('sync.now', {}))}>
            Send now
          </button>
          <button type="button" class="b2" aria-pressed={held} disabled={busy} onClick={() => void act(() => call('sync.hold', { hold: !held }))}>
            {held ? 'Start sending again' : 'Pause sending'}
          </button>
        </div>
      </section>
      <OutcomesBlock unlocked={unlocked} />
      <Files />
      <CarriedBlock />
      <section class="block" aria-labelledby="bundles-head">
        <h2 id="bundles-head">Sealed bundles and receipts</h2>
        {status.bundles.length === 0 ? (
          <p class="mute">Nothing has been sealed yet. Bundles appear here a moment after you mark or write something.</p>
        ) : (
          <ol class="tl">
            {status.bundles.map((bundle) => (
              <Bundle key={bundle.seq} bundle={bundle} now={now} />
            ))}
          </ol>
        )}
      </section>
    </>
  );
}

export function SyncScreen({ status }: { status: DeviceStatus }): JSX.Element {
  const now = sync.value;
  const words = now ? badgeWords(now, officeNow()) : null;
  return (
    <>
      <Top title={words ? words.word : 'Sync'} sub={words?.more} onBack={() => back({ screen: 'today' })} badge={false} />
      <main class="page cols">
        {now ? <Body status={now} unlocked={Boolean(status.unlocked)} /> : <p class="mute">Asking…</p>}
        <DeviceBlock status={status} />
      </main>
    </>
  );
}

// carried.tsx: files of other devices on this one: asked about, on their way, answered, given back.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { moment, plural, sentence } from '../../../shared/ui/format.ts';
import type { CarriedFile } from '../../../shared/ui/generated/calls.ts';
import { useOnce } from '../once.ts';
import { call, complain, officeNow, say, sync } from '../state.ts';
import { handOver } from './hand_over.ts';

/** What an export file begins with; anything else is for `import` to name. */
export function isExport(file: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(file.subarray(0, 8)) === 'TUTTIEX1';
}

const whose = (file: CarriedFile): string => file.device_name ?? 'Another device';

export function carriedWords(file: CarriedFile): { text: string; tone: string } {
  switch (file.state) {
    case 'sending':
      return { text: 'Sending', tone: 'info' };
    case 'answered':
      return { text: 'The office’s reply is here', tone: 'good' };
    case 'refused':
      return { text: 'The office did not take it', tone: 'bad' };
    case 'stays':
      return { text: 'Belongs to another hub', tone: 'warn' };
    case 'damaged':
      return { text: 'Cannot be read any more', tone: 'bad' };
    default:
      return { text: 'Waiting for a network', tone: '' };
  }
}

function advice(file: CarriedFile): string {
  switch (file.state) {
    case 'answered':
      return file.refused > 0 ? `${plural(file.refused, 'bundle')} not taken. ${sentence(file.why ?? '')}`.trim() : 'Give the reply back: only then does that device know that the office has signed.';
    case 'refused':
      return `${sentence(file.why ?? '')} Nothing is lost: that device still has everything.`.trim();
    case 'stays':
      return 'This device does not reach that hub. That device still has everything: carry its file another way.';
    case 'damaged':
      return 'Nothing is lost: ask for the file again.';
    default:
      return 'It goes to the office as soon as there is a network, locked or not. You cannot read it.';
  }
}

function ForgetSheet({ file, onClose }: { file: CarriedFile; onClose: () => void }): JSX.Element {
  const once = useOnce();
  const forget = (): void => once(() => call('carry.forget', { number: file.number }).then((now) => (sync.value = now), complain).then(onClose));
  const answered = file.state === 'answered';
  return (
    <Sheet title={answered ? 'Was the reply given back?' : 'Not carry it any more?'} onClose={onClose}>
      <p>{answered ? 'It is removed from this device. Were it lost, the same file can be carried again.' : 'It is removed from this device. Nothing is lost: the device it came from still has everything.'}</p>
      <div class="choices">
        <button type="button" class="choice" onClick={forget}>
          <Icon name="check" />
          <span>{answered ? 'It was: remove it here' : 'Remove it here'}</span>
        </button>
        <button type="button" class="choice" onClick={onClose}>
          <Icon name="chevron-left" />
          <span>Keep it</span>
        </button>
      </div>
    </Sheet>
  );
}

function One({ file, now }: { file: CarriedFile; now: number }): JSX.Element {
  const [forgetting, forget] = useState(false);
  const { text, tone } = carriedWords(file);
  const give = (): void => void call('carry.reply', { number: file.number }).then(handOver).then(() => say('That is the reply. On the device it belongs to, open it under Sync with “Import a file”.'), complain);
  return (
    <li>
      <p>
        <b>{whose(file)}</b> <span class={`pill ${tone}`}>{text}</span>
      </p>
      {file.bundles > 0 ? (
        <p class="mute small">
          {plural(file.bundles, 'bundle')}
          {file.taken_at ? `, taken ${moment(file.taken_at, now)}` : ''}
        </p>
      ) : null}
      <p class="small">{advice(file)}</p>
      <div class="acts even">
        {file.state === 'answered' ? (
          <button type="button" class="b1" onClick={give}>
            <Icon name="download" />
            <span>Give the reply back</span>
          </button>
        ) : null}
        <button type="button" class="b2" onClick={() => forget(true)}>
          {file.state === 'answered' ? 'Given back' : 'Remove'}
        </button>
      </div>
      {forgetting ? <ForgetSheet file={file} onClose={() => forget(false)} /> : null}
    </li>
  );
}

/** Also on a device that is not enrolled any more: emptying it leaves what is another's. */
export function CarriedBlock(): JSX.Element | null {
  const list = sync.value?.carried ?? [];
  const now = officeNow();
  if (list.length === 0) return null;
  return (
    <section class="block" aria-labelledby="carried-head">
      <h2 id="carried-head">Carried for other devices</h2>
      <ol class="tl">
        {list.map((file) => (
          <One key={file.number} file={file} now={now} />
        ))}
      </ol>
    </section>
  );
}

/** Before a file of another device is taken. */
export function CarrySheet({ file, bytes, onClose }: { file: CarriedFile; bytes: Uint8Array; onClose: () => void }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const take = async (): Promise<void> => {
    setBusy(true);
    try {
      await call('carry', { file: bytes });
      say('It is kept here until the office has it. Then its reply is here, to give back.');
    } catch (error) {
      complain(error);
    }
    onClose();
  };
  return (
    <Sheet title="A file of another device" onClose={onClose}>
      <p>
        {plural(file.bundles, 'bundle')} of {file.device_name ? <b>{file.device_name}</b> : 'a device of this hub'}. Carry it to the office over this device’s network? You cannot read it.
      </p>
      <div class="choices">
        <button type="button" class="choice" disabled={busy} onClick={() => void take()}>
          <Icon name="cloud-upload" />
          <span>Carry it</span>
        </button>
        <button type="button" class="choice" onClick={onClose}>
          <Icon name="chevron-left" />
          <span>No</span>
        </button>
      </div>
    </Sheet>
  );
}

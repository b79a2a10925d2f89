// bring_file.tsx: the sheet that takes a file a device exported without network, says what came of it, and gives the reply to carry back.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../shared/ui/components/icon.tsx';
import { Sheet } from '../../shared/ui/components/sheet.tsx';
import { plural } from '../../shared/ui/format.ts';
import { FileField } from './acting.tsx';
import { admin, type BroughtFile } from './admin_api.ts';
import type { ApiFailure } from './api.ts';
import { drop, send } from './import/calls.ts';
import { failureOf, refresh } from './live.ts';
import { Trouble } from './parts.tsx';
import { saveBase64url } from './save.ts';

interface Brought {
  /** The reply's name: beside the file it answers. */
  replyName: string;
  result: BroughtFile;
}

function takenWords({ bundles, new: fresh, known }: BroughtFile): string {
  if (bundles === 0) return 'The file holds no bundle: the hub had signed for everything when it was made.';
  if (known === bundles) return `${plural(bundles, 'bundle')}, and the hub had ${bundles === 1 ? 'it' : 'all of them'} already: nothing changed.`;
  return `${plural(bundles, 'bundle')}: ${fresh} new${known > 0 ? `, ${known} there already` : ''}.`;
}

function Outcome({ brought: { replyName, result } }: { brought: Brought }): JSX.Element {
  const { waiting, aside, refused, why } = result;
  return (
    <>
      <div role="status" class="stack">
        <p>
          <b>{result.device_name ?? 'A device this hub does not know'}</b>
        </p>
        <p>{takenWords(result)}</p>
        {waiting > 0 ? <p>{plural(waiting, 'bundle')} kept until an earlier one comes: ask whether another file was made before this one.</p> : null}
        {aside > 0 ? <p>{plural(aside, 'bundle')} set aside, in part or whole: look under Reconcile, Quarantine.</p> : null}
        {result.came_back ? <p>The hub did not know this device any more; it came back by its certificate. Say under “People” who works on it: until then what it brings waits.</p> : null}
        {refused > 0 ? (
          <div class="notice bad">
            <Icon name="triangle-alert" />
            <p>
              {plural(refused, 'bundle')} not taken: {why}. The device keeps what it holds.
            </p>
          </div>
        ) : null}
      </div>
      <p>Carry the reply back, and choose it on the device under Sync, “Import a file”: only then does the device know that the office has signed.</p>
      <button type="button" class="b1" onClick={() => saveBase64url(replyName, result.reply)}>
        <Icon name="download" />
        Save the reply file
      </button>
    </>
  );
}

/** What the hub took in part and then could not finish is dropped; what it looked at it has removed itself. */
async function bring(file: File, told: (words: string) => void): Promise<BroughtFile> {
  const id = await send(new Uint8Array(await file.arrayBuffer()), (share) => told(`Sending the file: ${Math.round(share * 100)} %`), 'if it is a device’s export, whoever looks after the hub’s machine can bring it in there');
  told('The hub takes the file…');
  try {
    return await admin.bringFile(id);
  } catch (error) {
    await drop(id).catch(() => null);
    throw error;
  }
}

export function BringSheet({ onClose }: { onClose: () => void }): JSX.Element {
  const [busy, setBusy] = useState('');
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [brought, setBrought] = useState<Brought | null>(null);
  const choose = async (file: File): Promise<void> => {
    setBusy('Reading the file…');
    setFailure(null);
    setBrought(null);
    try {
      setBrought({ replyName: `${file.name.replace(/\.tutti$/i, '')}.tutti-reply`, result: await bring(file, setBusy) });
    } catch (error) {
      setFailure(failureOf(error));
    }
    setBusy('');
    refresh('devices');
  };
  return (
    <Sheet title="Bring in a file from a device" onClose={onClose}>
      <div class="stack">
        <Trouble failure={failure} />
        {brought ? <Outcome brought={brought} /> : <p>A device without a network saves what it holds with “Export”. The file is sealed for this hub: whoever carried it could not read it. Bringing it in twice changes nothing.</p>}
        <FileField label={brought ? 'Another file' : 'The file: its name ends in .tutti'} disabled={busy !== ''} onFile={(file) => void choose(file)} />
        <p role="status">{busy}</p>
      </div>
    </Sheet>
  );
}

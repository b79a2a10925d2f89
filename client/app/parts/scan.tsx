// scan.tsx: the enrolment code by camera, where there is one; it can always be typed instead.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';

export function Scan({ onCode }: { onCode: (code: string) => void }): JSX.Element | null {
  const video = useRef<HTMLVideoElement>(null);
  const [open, setOpen] = useState(false);
  const [word, setWord] = useState('');
  useEffect(() => {
    const end = new AbortController();
    const run = async (): Promise<void> => {
      const late: string = './scan.js';
      const { scan } = (await import(late)) as typeof import('../scan.ts');
      const code = video.current ? await scan(video.current, end.signal, setWord) : null;
      if (code === null) return;
      setOpen(false);
      onCode(code);
    };
    if (open)
      run().catch((error: Error) => {
        // What cannot be loaded throws a sentence of the browser's own.
        setWord(error instanceof TypeError ? 'The scanner did not arrive. Type the code instead.' : error.message);
        setOpen(false);
      });
    return () => end.abort();
  }, [open]);
  if (!navigator.mediaDevices?.getUserMedia) return null;
  return (
    <div class="stack">
      {open ? <video class="scan" ref={video} muted playsInline aria-label="What the camera sees" /> : null}
      <p role="status">{word || (open ? 'Hold the office’s code before the camera.' : '')}</p>
      <button
        type="button"
        class="b2 wide"
        onClick={() => {
          setWord('');
          setOpen(!open);
        }}
      >
        <Icon name="scan-qr-code" />
        {open ? 'Stop the camera' : 'Scan the code'}
      </button>
    </div>
  );
}

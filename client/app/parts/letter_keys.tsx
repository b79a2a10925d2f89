// letter_keys.tsx: letters for fingers, in the order of the alphabet, for a stand without a keyboard.
import type { JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

export function LetterKeys({ text, onText }: { text: string; onText: (text: string) => void }): JSX.Element {
  return (
    <div class="letters" role="group" aria-label="Letters">
      {letters.map((letter) => (
        <button type="button" class="key" key={letter} onClick={() => onText(text + letter)}>
          {letter}
        </button>
      ))}
      <button type="button" class="key quiet" aria-label="Space" onClick={() => onText(`${text} `)}>
        <small>Space</small>
      </button>
      <button type="button" class="key quiet" aria-label="Delete the last letter" disabled={text === ''} onClick={() => onText([...text].slice(0, -1).join(''))}>
        <Icon name="delete" />
      </button>
    </div>
  );
}

// time_field.tsx: a time of day in 24 hours whatever the browser's language, with five-minute steps for a thumb.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, minuteOf } from '../../../shared/ui/format.ts';

interface TimeFieldProps {
  label: string;
  start: number;
  describedBy?: string;
  /** null while what is typed is no time. */
  onMinute: (minute: number | null) => void;
}

const stepMinutes = 5;
const dayMinutes = 1440;

export function TimeField({ label, start, describedBy, onMinute }: TimeFieldProps): JSX.Element {
  const [text, setText] = useState(clock(start));
  const minute = minuteOf(text);
  const set = (next: string): void => {
    setText(next);
    onMinute(minuteOf(next));
  };
  // A step lands on a round time: 10:12 goes to 10:15 or 10:10.
  const step = (by: number): void => {
    const from = minute ?? start;
    const round = by > 0 ? Math.floor(from / stepMinutes) * stepMinutes + stepMinutes : Math.ceil(from / stepMinutes) * stepMinutes - stepMinutes;
    set(clock((round + dayMinutes) % dayMinutes));
  };
  return (
    <div class="time">
      <button type="button" class="b2" aria-label={`${label}: earlier`} onClick={() => step(-1)}>
        <Icon name="minus" />
      </button>
      <label>
        <span>{label}</span>
        <input
          class="input"
          type="text"
          inputMode="numeric"
          autocomplete="off"
          maxLength={5}
          required
          aria-invalid={minute === null}
          aria-describedby={describedBy}
          value={text}
          onInput={(event) => set(event.currentTarget.value)}
          onBlur={() => minute !== null && setText(clock(minute))}
        />
      </label>
      <button type="button" class="b2" aria-label={`${label}: later`} onClick={() => step(1)}>
        <Icon name="plus" />
      </button>
    </div>
  );
}

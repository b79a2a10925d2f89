// extract.tsx: registers between two days as a file for a spreadsheet; a partner gets its own activities.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Text } from '../acting.tsx';
import { admin } from '../admin_api.ts';

const monthMs = 30 * 86_400_000;

function day(time: number): string {
  return new Date(time).toLocaleDateString('en-CA', { timeZone: 'Europe/London' });
}

export function ExtractScreen(): JSX.Element {
  const [from, setFrom] = useState(day(Date.now() - monthMs));
  const [to, setTo] = useState(day(Date.now()));
  const good = from !== '' && to !== '' && from <= to;
  return (
    <>
      <header class="hd">
        <div>
          <h1>Registers as a file</h1>
          <p>One line a mark, for Excel. Taking it is written down in the hub’s audit.</p>
        </div>
      </header>
      <div class="filters">
        <Text label="From" type="date" value={from} onValue={setFrom} />
        <Text label="To" type="date" value={to} onValue={setTo} />
        {good ? (
          <a class="b1" href={admin.registersAddress(from, to)} download="registers.csv">
            <Icon name="download" />
            Take the file
          </a>
        ) : null}
      </div>
    </>
  );
}

// extract.tsx: registers between two days as a file for a spreadsheet; a partner gets its own activities.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { daysAfter, isoToday } from '../../../shared/ui/format.ts';
import { Text } from '../acting.tsx';
import { admin } from '../admin_api.ts';
import { Download, PageHead } from '../parts.tsx';

const monthDays = 30;

export function ExtractScreen(): JSX.Element {
  const [from, setFrom] = useState(daysAfter(isoToday(), -monthDays));
  const [to, setTo] = useState(isoToday());
  const good = from !== '' && to !== '' && from <= to;
  return (
    <>
      <PageHead title="Registers as a file" sub="One line a mark, for Excel. Taking it is written down in the hub’s audit." />
      <div class="filters">
        <Text label="From" type="date" value={from} onValue={setFrom} />
        <Text label="To" type="date" value={to} onValue={setTo} />
        {good ? (
          <Download href={admin.registersAddress(from, to)} name="registers.csv">
            Take the file
          </Download>
        ) : null}
      </div>
      <p role="status">{good ? '' : from === '' || to === '' ? 'Say from which day to which.' : 'The first day is after the last one.'}</p>
    </>
  );
}

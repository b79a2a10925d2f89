// period.tsx: for which school year, or which term, a figure is wanted.
import type { JSX } from 'preact';
import { Select } from '../acting.tsx';
import { thisYear, yearWords, type Term } from './report_api.ts';

const yearsBack = 3;

export function PeriodChoice({ period, terms, onChange }: { period: string; terms: readonly Term[]; onChange: (period: string) => void }): JSX.Element {
  const now = Number(thisYear());
  const years = Array.from({ length: yearsBack }, (_, back) => String(now - back));
  const choices = [...years.map((year) => ({ value: year, label: `School year ${yearWords(year)}` })), ...terms.map((term) => ({ value: term.from, label: term.name }))];
  return <Select label="Period" value={period} onValue={onChange} choices={choices} />;
}

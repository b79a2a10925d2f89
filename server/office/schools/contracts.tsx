// contracts.tsx: a school's contracts: lessons a year and days of notice, from which what is owed is reckoned.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { fullDate, joined, plural, sentence } from '../../../shared/ui/format.ts';
import { ActForm, Text } from '../acting.tsx';
import { me, refresh } from '../live.ts';
import { CardHead } from '../parts.tsx';
import { thisYear } from '../reports/report_api.ts';
import { schoolsApi, type Contract, type ContractInput, type School } from '../schools_api.ts';

function words(one: Contract): string {
  const from = one.ends ? `${fullDate(one.starts)} to ${fullDate(one.ends)}` : `from ${fullDate(one.starts)}`;
  const lessons = one.lessons_a_year == null ? '' : `${plural(one.lessons_a_year, 'lesson')} a year`;
  return sentence(joined([from, lessons, one.notice_days == null ? '' : `${plural(one.notice_days, 'day')} of notice`]));
}

/** The first day of this school year, with which a contract usually begins. */
const yearBegins = (): string => `${thisYear()}-09-01`;

function ContractForm({ school, was, onDone }: { school: School; was: Contract | null; onDone: () => void }): JSX.Element {
  const [input, setInput] = useState<ContractInput>({
    lessons_a_year: was?.lessons_a_year?.toString() ?? '',
    notice_days: was?.notice_days?.toString() ?? '',
    starts: was?.starts ?? yearBegins(),
    ends: was?.ends ?? '',
  });
  const set = (part: Partial<ContractInput>): void => setInput({ ...input, ...part });
  const send = async (): Promise<void> => {
    await schoolsApi.saveContract(school.id, was, input);
    refresh('work');
    refresh('today');
    onDone();
  };
  return (
    <ActForm submit={was ? 'Save' : 'Add'} send={send} ready={input.lessons_a_year !== '' && input.starts !== ''}>
      <div class="pair">
        <Text label="Lessons a year" type="number" value={input.lessons_a_year} onValue={(lessons_a_year) => set({ lessons_a_year })} />
        <Text label="Days of notice" type="number" value={input.notice_days} onValue={(notice_days) => set({ notice_days })} required={false} hint="Cancelled later than that, a lesson is not owed." />
      </div>
      <div class="pair">
        <Text label="From" type="date" value={input.starts} onValue={(starts) => set({ starts })} />
        <Text label="To" type="date" value={input.ends} onValue={(ends) => set({ ends })} required={false} hint="Empty while it goes on." />
      </div>
      <p class="mute">Of several contracts the latest one that has begun counts. What is owed is reckoned anew from it.</p>
    </ActForm>
  );
}

export function Contracts({ school }: { school: School }): JSX.Element {
  const [open, setOpen] = useState<Contract | 'new' | null>(null);
  const may = me.value?.roles.includes('office') ?? false;
  return (
    <section class="card" aria-labelledby="contract-head">
      <CardHead id="contract-head" title="Contract" add={may} what="Add a contract" onAdd={() => setOpen('new')} />
      {school.contracts.length === 0 ? <p class="mute">None. What is owed is reckoned from a contract.</p> : null}
      <ul class="lines">
        {school.contracts.map((one) => (
          <li key={one.id} class="middle">
            <span>{words(one)}</span>
            {may ? (
              <button type="button" class="b3" onClick={() => setOpen(one)}>
                <Icon name="pencil" />
                Change
                <span class="vh"> the contract from {fullDate(one.starts)}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {open ? (
        <Sheet title={open === 'new' ? 'Another contract' : 'Change the contract'} onClose={() => setOpen(null)}>
          <ContractForm school={school} was={open === 'new' ? null : open} onDone={() => setOpen(null)} />
        </Sheet>
      ) : null}
    </section>
  );
}

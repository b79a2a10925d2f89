// learners.tsx: search among the hub's learners; the name that is typed never enters an address.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { joined, plural } from '../../../shared/ui/format.ts';
import { Find } from '../acting.tsx';
import { api, type ApiFailure, type LearnerLine, type LearnerPage } from '../api.ts';
import { useBeside } from '../kept.ts';
import { failureOf, me } from '../live.ts';
import { Empty, Link, PageHead, Standing, Trouble } from '../parts.tsx';
import { Table, type Column } from '../table.tsx';

const typingMs = 200;
const columns: readonly Column<LearnerLine>[] = [
  {
    name: 'Name',
    by: (one) => one.name,
    cell: (one) => (
      <>
        <Link href={`/learners/${one.id}`}>{one.name}</Link> <Standing status={one.status} />
      </>
    ),
  },
  { name: 'Year', by: (one) => one.year_group ?? '', cell: (one) => one.year_group ?? '' },
  { name: 'School', folds: (one) => Boolean(one.school), by: (one) => one.school ?? '', cell: (one) => one.school ?? '' },
  { name: 'Activities', folds: (one) => one.activities.length > 0, by: (one) => one.activities.join(', '), cell: (one) => joined(one.activities) },
];

// A press on a head would sort the page that is here, and not the list: heads sort once all of it is.
const unsorted = columns.map(({ by: _, ...rest }): Column<LearnerLine> => rest);

export function LearnersScreen(): JSX.Element {
  const [q, setQ] = useBeside('find');
  const [page, setPage] = useState<LearnerPage | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const ask = async (after: string | null, live: () => boolean): Promise<void> => {
    try {
      const next = await api.learners(q.trim(), after);
      if (!live()) return;
      setFailure(null);
      setPage((before) => (after && before ? { ...next, learners: [...before.learners, ...next.learners] } : next));
    } catch (error) {
      if (live()) setFailure(failureOf(error));
    }
  };
  useEffect(() => {
    let live = true;
    const timer = window.setTimeout(() => void ask(null, () => live), page ? typingMs : 0);
    return () => {
      live = false;
      window.clearTimeout(timer);
    };
  }, [q]);
  const byNumber = me.value?.roles.includes('office') ? ' A UPN, or a number of the school’s system, finds whose it is.' : '';
  return (
    <>
      <PageHead title="Learners" live sub={page ? `${plural(page.total, 'learner')}${q.trim() ? ' found' : ''}` : 'Asking…'}>
        <Find label="Find a name" value={q} onValue={setQ} />
      </PageHead>
      <Trouble failure={failure} />
      {page ? (
        <Table
          label="Learners"
          columns={page.next ? unsorted : columns}
          items={page.learners}
          keyOf={(one) => one.id}
          empty={
            <Empty icon="search" title={q.trim() ? 'Nobody has that name' : 'No learners yet'}>
              {q.trim() ? `Try fewer letters, or the family name alone. “zoe” finds Zoë.${byNumber}` : 'Import learners, activities and enrolments from CSV; they appear here at once.'}
            </Empty>
          }
        />
      ) : null}
      {page?.next ? (
        <button type="button" class="b2" onClick={() => void ask(page.next ?? null, () => true)}>
          Show more of {page.total.toLocaleString('en-GB')}
        </button>
      ) : null}
    </>
  );
}

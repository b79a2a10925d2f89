// learners.tsx: search among the hub's learners; the name that is typed never enters an address.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { joined, plural } from '../../../shared/ui/format.ts';
import { api, type ApiFailure, type LearnerLine, type LearnerPage } from '../api.ts';
import { failureOf } from '../live.ts';
import { Link, Trouble, useSorted, type Column } from '../parts.tsx';

const typingMs = 200;
const columns: readonly Column<LearnerLine>[] = [
  { name: 'Name', value: (one) => one.name },
  { name: 'Year', value: (one) => Number(one.year_group ?? 0) || (one.year_group ?? '') },
  { name: 'School', value: (one) => one.school ?? '' },
  { name: 'Activities', value: (one) => one.activities.join(', ') },
];

function Table({ learners }: { learners: readonly LearnerLine[] }): JSX.Element {
  const { items, head } = useSorted(learners, columns);
  return (
    <div class="scroll" role="region" aria-label="Learners" tabIndex={0}>
      <table>
        <thead>{head}</thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <Link href={`/learners/${one.id}`}>{one.name}</Link>
              </th>
              <td>{one.year_group ?? ''}</td>
              <td>{one.school ?? ''}</td>
              <td>{joined(one.activities)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function LearnersScreen(): JSX.Element {
  const [q, setQ] = useState('');
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
  return (
    <>
      <header class="hd">
        <div>
          <h1>Learners</h1>
          <p role="status">{page ? `${plural(page.total, 'learner')}${q.trim() ? ' found' : ''}` : 'Asking…'}</p>
        </div>
        <label class="field find">
          <span>Find a name</span>
          <input class="input" type="search" autocomplete="off" value={q} onInput={(event) => setQ(event.currentTarget.value)} />
        </label>
      </header>
      <Trouble failure={failure} />
      {page && page.learners.length > 0 ? <Table learners={page.learners} /> : null}
      {page && page.learners.length === 0 ? (
        <div class="empty">
          <Icon name="search" />
          <h2>{q.trim() ? 'Nobody has that name' : 'No learners yet'}</h2>
          <p>{q.trim() ? 'Try fewer letters, or the family name alone. “zoe” finds Zoë.' : 'Import learners, activities and enrolments from CSV; they appear here at once.'}</p>
        </div>
      ) : null}
      {page?.next ? (
        <button type="button" class="b2" onClick={() => void ask(page.next ?? null, () => true)}>
          Show more of {page.total.toLocaleString('en-GB')}
        </button>
      ) : null}
    </>
  );
}

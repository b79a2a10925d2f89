// learner.tsx: one learner's profile: activities, attendance, notes and progress as they have arrived.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { Sheet } from '../../../shared/ui/components/sheet.tsx';
import { civil, fullDate, joined, plural } from '../../../shared/ui/format.ts';
import { area_labels } from '../../../shared/ui/generated/calls.ts';
import { progressWords } from '../../../shared/ui/progress.ts';
import { ActForm, Text } from '../acting.tsx';
import { Places } from '../activities/places.tsx';
import { api, type AbsenceNotice, type ApiFailure, type OfficeLearner, type OfficeNote } from '../api.ts';
import { failureOf, me, refresh, useAsk } from '../live.ts';
import { InclusionSection } from '../partners/inclusion.tsx';
import { CardHead, Download, Link, PageHead, Standing, Trouble } from '../parts.tsx';
import { saveJson } from '../save.ts';
import { ReasonForm } from '../work/reason_form.tsx';
import { draftOf, setDraft } from '../work/work.ts';
import { NeedsSection } from './needs.tsx';
import { NumbersSection } from './numbers.tsx';

function NoteItem({ note }: { note: OfficeNote }): JSX.Element {
  return (
    <li>
      <p>
        <b>{fullDate(note.date)}</b>
        {note.author_name ? `, ${note.author_name}` : ''}
        {note.activity_name ? `, ${note.activity_name}` : ''}
      </p>
      {note.areas.length > 0 ? <p class="mute">{note.areas.map((area) => area_labels[area]).join(', ')}</p> : null}
      {note.text ? <p class="said-text">{note.text}</p> : null}
      {note.next_step ? (
        <p>
          <b>Next step:</b> {note.next_step}
        </p>
      ) : null}
      {note.learner_words ? (
        <p>
          <b>In their words:</b> {note.learner_words}
        </p>
      ) : null}
    </li>
  );
}

const apart = ['They are two children', 'Decided the wrong way', 'The school knows both'];

/** The other records of this child: which of them stands, and how they become two children again. */
function Records({ learner }: { learner: OfficeLearner }): JSX.Element | null {
  if (learner.same.length === 0) return null;
  const may = me.value?.roles.includes('office') ?? false;
  const asking = learner.same.find(({ matter }) => matter && draftOf(matter)?.act === 'undo')?.matter;
  const send = async (reason: string): Promise<void> => {
    if (asking) await api.undo(asking, reason);
    refresh('learners');
  };
  return (
    <section class="card" aria-labelledby="records-head">
      <h2 id="records-head">{plural(learner.same.length + 1, 'record')} of one child</h2>
      <p class="mute">{learner.merged_into ? 'This record was merged into another one: what is written about either stands on both pages.' : 'This record stands for all of them: their marks, notes and progress are on this page, and count once.'}</p>
      <ul class="lines">
        {learner.same.map((one) => (
          <li key={one.id} class="middle">
            <span>
              <Link href={`/learners/${one.id}`}>{one.name}</Link>{' '}
              <span class="mute">{joined([one.school, one.ref ? `number ${one.ref}` : '', one.id === learner.merged_into ? 'the one that stands' : ''])}</span>
            </span>
            {may && one.matter && one.matter !== asking ? (
              <button type="button" class="b3" onClick={() => setDraft(one.matter ?? '', { act: 'undo', reason: '' })}>
                <Icon name="undo-2" />
                Take apart<span class="vh"> from {one.name}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {asking ? <ReasonForm id={asking} title="They are two children after all" submit="Take apart" common={apart} send={send} /> : null}
    </section>
  );
}

function NoticeForm({ learner, onDone }: { learner: string; onDone: () => void }): JSX.Element {
  const [starts, setStarts] = useState(civil(Date.now()).date);
  const [ends, setEnds] = useState('');
  const [reason, setReason] = useState('');
  const [told, setTold] = useState('');
  const send = async (): Promise<void> => {
    await api.addNotice(learner, { starts, ends: ends || starts, ...(reason.trim() ? { reason: reason.trim() } : {}), ...(told.trim() ? { told_by: told.trim() } : {}) });
    refresh('learners');
    onDone();
  };
  return (
    <ActForm submit="Note it" send={send} ready={starts !== ''}>
      <div class="pair">
        <Text label="From" type="date" value={starts} onValue={setStarts} />
        <Text label="To" type="date" value={ends} onValue={setEnds} required={false} hint="Empty for one day." />
      </div>
      <Text label="Why" value={reason} maxLength={200} required={false} onValue={setReason} />
      <Text label="Who told us" value={told} maxLength={100} required={false} onValue={setTold} />
      <p class="mute">Their tutors’ devices show them as away and told, and a case of such a day closes by itself.</p>
    </ActForm>
  );
}

/** What a family told the office before: who is away on which days. */
function Notices({ learner }: { learner: OfficeLearner }): JSX.Element {
  const [open, setOpen] = useState<'new' | AbsenceNotice | null>(null);
  const may = me.value?.roles.includes('office') ?? false;
  const span = (one: AbsenceNotice): string => (one.ends === one.starts ? fullDate(one.starts) : `${fullDate(one.starts)} to ${fullDate(one.ends)}`);
  const takeBack = async (id: string): Promise<void> => {
    await api.voidNotice(id);
    refresh('learners');
    setOpen(null);
  };
  return (
    <section class="card" aria-labelledby="notices-head">
      <CardHead id="notices-head" title="Absences told" add={may} onAdd={() => setOpen('new')} />
      {learner.notices.length === 0 ? <p class="mute">None. One that is entered here reaches the tutors’ devices with the next sync.</p> : null}
      <ul class="lines">
        {learner.notices.map((one) => (
          <li key={one.id} class="middle">
            <span>
              <b>{span(one)}</b> <span class="mute">{joined([one.reason, one.told_by ? `told by ${one.told_by}` : ''])}</span>
            </span>
            {may ? (
              <button type="button" class="b3" onClick={() => setOpen(one)}>
                Take back<span class="vh"> the absence of {span(one)}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {open ? (
        <Sheet title={open === 'new' ? 'An absence we were told of' : 'Take the absence back'} onClose={() => setOpen(null)}>
          {open === 'new' ? (
            <NoticeForm learner={learner.id} onDone={() => setOpen(null)} />
          ) : (
            <ActForm submit="Take it back" send={() => takeBack(open.id)}>
              <p>{span(open)} was entered by mistake. A case that it closed opens again.</p>
            </ActForm>
          )}
        </Sheet>
      ) : null}
    </section>
  );
}

function Body({ learner }: { learner: OfficeLearner }): JSX.Element {
  const { here, away } = learner.attendance;
  return (
    <div class="two">
      <div class="stack">
        <Records learner={learner} />
        <NeedsSection learner={learner.id} name={learner.name} />
        <Places learner={learner.id} name={learner.known_name ?? learner.name} list={learner.places} />
        <section class="card" aria-labelledby="attendance-head">
          <h2 id="attendance-head">Attendance</h2>
          {here + away === 0 ? (
            <p class="mute">No marks yet in closed registers.</p>
          ) : (
            <p>
              <span class="big">{here.toLocaleString('en-GB')}</span> of {(here + away).toLocaleString('en-GB')} here or late: {((100 * here) / (here + away)).toFixed(1)} %
            </p>
          )}
        </section>
        <Notices learner={learner} />
        <NumbersSection learner={learner.id} />
        {me.value?.roles.includes('office') ? <InclusionSection learner={learner.id} /> : null}
        <section class="card" aria-labelledby="progress-head">
          <h2 id="progress-head">Progress</h2>
          {learner.progress.length === 0 ? <p class="mute">No stage, level or grade recorded yet.</p> : null}
          <ol class="tl">
            {learner.progress.map((fact) => (
              <li key={`${fact.date}-${fact.kind}-${fact.grade ?? fact.stage ?? fact.pos ?? ''}`}>
                <p>
                  <b>{progressWords(fact)}</b>
                </p>
                <p class="mute">
                  {fullDate(fact.date)}
                  {fact.author_name ? `, ${fact.author_name}` : ''}
                </p>
                {fact.comment ? <p>{fact.comment}</p> : null}
              </li>
            ))}
          </ol>
        </section>
      </div>
      <section class="card" aria-labelledby="notes-head">
        <h2 id="notes-head">Notes</h2>
        {learner.notes.length === 0 ? <p class="mute">No note has reached the office yet. Tutors write them on their own devices.</p> : null}
        <ol class="tl">
          {learner.notes.map((note, index) => (
            <NoteItem key={`${note.date}-${index}`} note={note} />
          ))}
        </ol>
      </section>
    </div>
  );
}

/** What the learner, or a parent, may ask for: all of it, as a page to read and print, or as data for another system. That it was made is in the audit. */
function Subject({ learner }: { learner: string }): JSX.Element {
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const make = (): void => void api.subject(learner).then((all) => saveJson(`records-${learner.slice(0, 8)}.json`, all), (error: unknown) => setFailure(failureOf(error)));
  return (
    <div>
      <div class="hd-acts">
        <Download href={`/api/subject/${learner}?format=page`}>Everything about them</Download>
        <button type="button" class="b3" onClick={make}>
          As data<span class="vh"> for another system: everything about them</span>
        </button>
      </div>
      <Trouble failure={failure} />
    </div>
  );
}

export function LearnerScreen({ learner: id }: { learner: string }): JSX.Element {
  const asked = useAsk(() => api.learner(id), id, ['learners', `learner:${id}`]);
  const learner = asked.data;
  const sub = learner ? [learner.known_name && learner.known_name !== learner.name ? `Known as ${learner.known_name}` : '', learner.year_group ? `Year ${learner.year_group}` : '', learner.school ?? ''] : [];
  return (
    <>
      <PageHead
        title={learner?.name ?? 'Learner'}
        crumb={<Link href="/learners">Learners</Link>}
        sub={
          <>
            {learner ? joined(sub) : asked.failure ? '' : 'Asking…'} <Standing status={learner?.status} />
          </>
        }
      >
        {learner && me.value?.roles.includes('office') ? <Subject learner={id} /> : null}
      </PageHead>
      <Trouble failure={asked.failure} />
      {learner ? <Body learner={learner} /> : null}
    </>
  );
}

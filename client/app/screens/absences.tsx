// absences.tsx: who is away though nobody was told: the people to ring, in order, and what was said.
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { clock, joined, plural } from '../../../shared/ui/format.ts';
import { call_outcome_labels, type Absence, type AbsenceCall, type Contact } from '../../../shared/ui/generated/calls.ts';
import { dialled, ladderOf, type Ladder } from '../ladder.ts';
import { useOnce } from '../once.ts';
import { CallSheet, type Ringing } from '../parts/call_sheet.tsx';
import { Ring } from '../parts/ring.tsx';
import { Top } from '../parts/top.tsx';
import { NoScreen } from '../parts/trouble.tsx';
import { back, go } from '../route.ts';
import { call, complain, say, useAsk } from '../state.ts';

/** Where the list does not help any more, the number that does stands there too. */
function ForTheLead({ phone, children }: { phone: string | null | undefined; children: ComponentChildren }): JSX.Element {
  return (
    <div class="notice bad">
      <Icon name="triangle-alert" />
      <div class="stack">
        <p>{children}</p>
        {phone ? <Ring phone={phone} /> : null}
      </div>
    </div>
  );
}

function Standing({ ladder, phone }: { ladder: Ladder; phone: string | null | undefined }): JSX.Element {
  switch (ladder.standing) {
    case 'explained':
      return (
        <div class="notice good">
          <Icon name="circle-check" />
          <p>Explained. The office sees it with the register.</p>
        </div>
      );
    case 'missing':
      return (
        <ForTheLead phone={phone}>
          <b>The family did not know.</b> Ring the safeguarding lead now, and go on down the list.
        </ForTheLead>
      );
    case 'exhausted':
      return (
        <ForTheLead phone={phone}>
          <b>Nobody is left to ring.</b> Ring the safeguarding lead; note any other call below.
        </ForTheLead>
      );
    default:
      return <p class="pill warn">Not explained yet</p>;
  }
}

function Person({ contact, next, onNote }: { contact: Contact; next: boolean; onNote: () => void }): JSX.Element {
  return (
    <li class={next ? 'rung next' : 'rung'}>
      <p>
        <b>{contact.name}</b>
        {contact.relation ? <span class="mute">, {contact.relation}</span> : null}
      </p>
      <p class="pills">
        {next ? <span class="pill info">Ring next</span> : null}
        {contact.do_not_contact ? <span class="pill bad">Do not contact</span> : null}
        {contact.may_not_collect ? <span class="pill warn">May not collect</span> : null}
      </p>
      {contact.do_not_contact ? null : (
        <div class="acts even">
          {contact.phone ? (
            <a class={next ? 'b1' : 'b2'} href={dialled(contact.phone)}>
              <Icon name="phone" />
              {contact.phone}
            </a>
          ) : null}
          <button type="button" class="b2" onClick={onNote}>
            What was said
          </button>
        </div>
      )}
    </li>
  );
}

function Said({ made }: { made: AbsenceCall }): JSX.Element {
  return (
    <li>
      <p>
        <b>{call_outcome_labels[made.outcome]}</b>
        {made.contact_name ? `, ${made.contact_name}` : ''}
      </p>
      {made.said ? <p class="said-text">{made.said}</p> : null}
      <p class="mute small">{joined([clock(made.at), made.author_name])}</p>
    </li>
  );
}

interface CardProps {
  absence: Absence;
  /** Of the safeguarding lead. */
  phone: string | null | undefined;
  onRing: (ringing: Ringing) => void;
}

function Card({ absence, phone, onRing }: CardProps): JSX.Element {
  const ladder = ladderOf(absence);
  return (
    <section class="block absent" aria-labelledby={`absent-${absence.learner}`}>
      <h2 id={`absent-${absence.learner}`}>{absence.name}</h2>
      <p class="mute">{joined([absence.section, absence.year_group ? `Year ${absence.year_group}` : ''])}</p>
      {absence.door_in != null ? (
        <div class="notice bad">
          <Icon name="door-open" />
          <p>Signed in at the door at {clock(absence.door_in)}, and marked away. Look for them first.</p>
        </div>
      ) : null}
      <Standing ladder={ladder} phone={phone} />
      {absence.contacts.length === 0 ? <p>The office has given nobody to ring. Ring the office.</p> : null}
      <ol class="rungs">
        {absence.contacts.map((contact) => (
          <Person key={contact.id} contact={contact} next={ladder.next?.id === contact.id} onNote={() => onRing({ absence, contact })} />
        ))}
      </ol>
      {absence.calls.length > 0 ? (
        <ol class="tl">
          {absence.calls.map((made, index) => (
            <Said key={index} made={made} />
          ))}
        </ol>
      ) : null}
      <button type="button" class="b3" onClick={() => onRing({ absence, contact: null })}>
        <Icon name="plus" />
        Note another call
      </button>
    </section>
  );
}

export function AbsencesScreen({ session }: { session: string }): JSX.Element {
  const asked = useAsk('absences', { session }, session, [`register:${session}`]);
  const phone = useAsk('concerns', {}, 'concerns', ['sync']).data?.phone;
  const [ringing, ring] = useState<Ringing | null>(null);
  const once = useOnce();
  const leave = (): void => back({ screen: 'register', session });
  const list = asked.data;
  if (!list) {
    return (
      <>
        <Top title="Absences" onBack={leave} />
        <main class="page">{asked.failure ? <NoScreen failure={asked.failure} /> : <p class="mute loading">Opening…</p>}</main>
      </>
    );
  }
  const open = list.absences.filter((one) => ladderOf(one).standing !== 'explained').length;
  return (
    <>
      <Top title="Absences" sub={`${list.session.name}, ${clock(list.session.starts)}`} onBack={leave}>
        <p class="greet">{open > 0 ? `${plural(open, 'absence')} to explain` : 'All explained'}</p>
      </Top>
      <main class="page cols absences">
        {list.absences.length === 0 ? <p>Nobody is away without a word. An absence that the office hears of later goes from this list by itself.</p> : null}
        {list.absences.map((absence) => (
          <Card key={absence.learner} absence={absence} phone={phone} onRing={ring} />
        ))}
        <button type="button" class={open > 0 ? 'b2 wide' : 'b1 wide'} onClick={() => go({ screen: 'today' })}>
          Back to today
        </button>
      </main>
      {ringing ? (
        <CallSheet
          ringing={ringing}
          onClose={() => ring(null)}
          onSaid={(outcome, words) => {
            once(() =>
              call('absence.call', { session, learner: ringing.absence.learner, contact: ringing.contact?.id, outcome, said: words || undefined }).then(() => {
                ring(null);
                say(`${ringing.absence.name}: ${call_outcome_labels[outcome].toLowerCase()}. Saved here.`);
              }, complain),
            );
          }}
        />
      ) : null}
    </>
  );
}

// matter.tsx: one matter as a card: both values with who, where and when, what is in use and why, what switching does, and what happened.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { MarkGlyph } from '../../../shared/ui/components/mark_glyph.tsx';
import { minuteOf, moment } from '../../../shared/ui/format.ts';
import { mark_code_labels, type MarkCode } from '../../../shared/ui/generated/calls.ts';
import { api, type Decision, type WorkChoice, type WorkEvent, type WorkItem } from '../api.ts';
import { Link } from '../parts.tsx';
import { Asking } from './asking.tsx';
import { ReasonForm } from './reason_form.tsx';
import { draftOf, last, setDraft } from './work.ts';

const whyDecided = ['Asked both', 'Rang the family', 'The later entry is right', 'Marked the wrong person'];
const whyOne = ['The school confirmed it', 'The family says so', 'They moved school', 'Entered twice by us'];
const whyApart = ['The school knows both', 'Brothers or sisters', 'Two children of one name'];
const whyUpn = ['The school says so', 'The other one was mistyped', 'The other one is another child’s', 'The school gave a new one'];
const whyNumber = ['The school says so', 'The other one is from before', 'The other one was mistyped', 'The school gave a new one'];
const whyUndone = ['Decided the wrong way', 'That was another child', 'We were told something else'];

export function TimeLine({ events }: { events: readonly WorkEvent[] }): JSX.Element | null {
  const now = Date.now();
  if (events.length === 0) return null;
  return (
    <section class="happened" aria-label="What happened">
      <h3>What happened</h3>
      <ol class="tl">
        {events.map((event, index) => (
          <li key={index}>
            <time dateTime={new Date(event.at).toISOString()}>{moment(event.at, now)}</time>
            <span>
              {event.who ? <b>{event.who} </b> : null}
              {event.text}
              {event.reason ? <q>{event.reason}</q> : null}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function When({ choice }: { choice: WorkChoice }): JSX.Element | null {
  const now = Date.now();
  if (!choice.written_at) return null;
  const late = (choice.received_at ?? choice.written_at) - choice.written_at >= 60_000;
  return (
    <>
      {moment(choice.written_at, now)}
      {late && choice.received_at ? `, reached us ${moment(choice.received_at, now)}` : ''}
      {choice.unsure ? <small>The clock of the device was not certain.</small> : null}
    </>
  );
}

function Facts({ choice }: { choice: WorkChoice }): JSX.Element {
  const rows: readonly { name: string; value: JSX.Element | string }[] = [
    ...(choice.author_name ? [{ name: 'Who', value: choice.author_name }] : []),
    ...(choice.device_name && !choice.office ? [{ name: 'Where', value: choice.device_name }] : []),
    ...(choice.written_at ? [{ name: 'When', value: <When choice={choice} /> }] : []),
    ...choice.facts,
  ];
  return (
    <dl>
      {rows.map((row) => (
        <div key={row.name}>
          <dt>{row.name}</dt>
          <dd>{row.value}</dd>
        </div>
      ))}
    </dl>
  );
}

function verb(item: WorkItem, choice: WorkChoice): string {
  if (choice.kind === 'same') return 'One child, this record';
  if (choice.kind !== 'value') return choice.label;
  const name = choice.brief.charAt(0).toLocaleUpperCase('en-GB') + choice.brief.slice(1);
  const twice = item.choices.some((other) => other !== choice && other.brief === choice.brief);
  const said = twice || choice.brief.length > 24 ? choice.label : name;
  const short = said.length > 32 ? 'this' : said;
  return choice.in_use ? `Keep ${short}` : `Use ${short} instead`;
}

function Flag({ item, choice }: { item: WorkItem; choice: WorkChoice }): JSX.Element {
  if (!choice.in_use) return <span class="pill">{item.kind !== 'duplicate' ? 'Set aside, not lost' : item.state === 'decided' ? 'Not chosen' : 'Possible'}</span>;
  return (
    <span class="pill good">
      <Icon name="check" />
      {item.state === 'decided' ? 'Decided' : 'In use now'}
    </span>
  );
}

function Choice({ item, choice, onChoose }: { item: WorkItem; choice: WorkChoice; onChoose: (choice: WorkChoice) => void }): JSX.Element {
  const chosen = draftOf(item.id)?.act === `choice ${choice.choice}`;
  return (
    <section class={`v ${choice.in_use ? 'win' : ''} ${choice.code ? `m-${choice.code}` : ''}`} aria-label={`${choice.choice}: ${choice.label}`}>
      <div>
        <Flag item={item} choice={choice} />
      </div>
      <h3>
        {choice.code ? <MarkGlyph code={choice.code} /> : null}
        {choice.label}
      </h3>
      <Facts choice={choice} />
      {choice.note ? <p class="nt">“{choice.note}”</p> : null}
      {item.can_decide ? (
        <button type="button" class={choice.in_use ? 'b1' : 'b2'} aria-pressed={chosen} aria-keyshortcuts={String(choice.choice)} onClick={() => onChoose(choice)}>
          {verb(item, choice)} <kbd aria-hidden="true">{choice.choice}</kbd>
        </button>
      ) : null}
    </section>
  );
}

const codes: readonly MarkCode[] = ['P', 'L', 'AN', 'AU', 'SE'];

function OwnMark({ code, time, onCode, onTime }: { code: MarkCode; time: string; onCode: (code: MarkCode) => void; onTime: (time: string) => void }): JSX.Element {
  return (
    <div class="own">
      <div class="chips" role="group" aria-label="Mark">
        {codes.map((one) => (
          <button type="button" class="chip" key={one} aria-pressed={one === code} onClick={() => onCode(one)}>
            {mark_code_labels[one]}
          </button>
        ))}
      </div>
      {code === 'L' ? (
        <label class="field">
          <span>Arrived at</span>
          <input class="input" type="text" inputMode="numeric" placeholder="10:21" value={time} onInput={(event) => onTime(event.currentTarget.value)} />
        </label>
      ) : null}
    </div>
  );
}

function Deciding({ item, onDone }: { item: WorkItem; onDone: (item: WorkItem, said: string) => void }): JSX.Element | null {
  const [code, setCode] = useState<MarkCode>('P');
  const [time, setTime] = useState('');
  const act = draftOf(item.id)?.act;
  // It may have been settled, or decided by somebody else, while the reason was typed.
  if (!act || (act === 'undo' ? !item.can_undo : !item.can_decide)) return null;
  const choice = item.choices.find((one) => act === `choice ${one.choice}`);
  const arrived = minuteOf(time);
  const own = act === 'own';
  if (!choice && !own && act !== 'undo') return null;
  const said = choice ? choice.label : mark_code_labels[code];
  const send = async (reason: string): Promise<void> => {
    const late = code === 'L' && arrived !== null ? { arrived } : {};
    const decision: Decision = choice ? { heads: item.heads, reason, choice: choice.choice } : { heads: item.heads, reason, code, ...late };
    const now = act === 'undo' ? await api.undo(item.id, reason) : await api.decide(item.id, decision);
    last.value = act === 'undo' ? null : { id: item.id, said: `${item.name}: ${said}` };
    onDone(now, said);
  };
  if (act === 'undo') return <ReasonForm id={item.id} title="Take the decision back" submit="Take it back" common={whyUndone} send={send} />;
  return (
    <ReasonForm id={item.id} title={own ? 'Something else was right' : `“${said}” is right`} submit={own ? 'Set this' : verbOf(item, choice)} common={item.kind === 'two_upns' ? whyUpn : item.kind === 'two_numbers' ? whyNumber : commonOf(choice)} send={send} ready={!own || code !== 'L' || time === '' || arrived !== null}>
      {own ? <OwnMark code={code} time={time} onCode={setCode} onTime={setTime} /> : null}
    </ReasonForm>
  );
}

/** What is said of two children is not what is said of two marks. */
function commonOf(choice: WorkChoice | undefined): readonly string[] {
  if (choice?.kind === 'same') return whyOne;
  return choice?.kind === 'apart' ? whyApart : whyDecided;
}

function verbOf(item: WorkItem, choice: WorkChoice | undefined): string {
  return choice ? verb(item, choice) : 'Decide';
}

function Why({ item }: { item: WorkItem }): JSX.Element | null {
  const used = item.choices.find((choice) => choice.in_use);
  if (!item.why && !item.effect) return null;
  const lead = item.kind === 'duplicate' || !used ? 'As it is:' : `Why “${used.label}” is in use:`;
  return (
    <div class="rule">
      <Icon name="scale" />
      <p>
        {item.why ? (
          <>
            <b>{lead}</b> {item.why}{' '}
          </>
        ) : null}
        {item.effect}
      </p>
    </div>
  );
}

function lead(item: WorkItem): string {
  if (item.state === 'settled' && item.kind === 'duplicate') return 'By what is known of the two now nobody would take them for one: there is nothing left to decide.';
  if (item.state === 'settled') return 'Later entries agreed: there is nothing left to decide.';
  if (item.state === 'decided') return 'This was decided. It can be taken back as long as nobody wrote something newer.';
  if (item.kind === 'duplicate') return 'They look like one. Marks and notes of both follow whatever you decide.';
  if (item.kind === 'two_upns') return 'The records were merged, and each brought a UPN of its own. Nobody has two.';
  if (item.kind === 'two_numbers') return 'The records were merged, and each brought a number of its own. A school gives a child one.';
  const people = new Set(item.choices.map((choice) => choice.author_name)).size;
  return people > 1 ? `${people === 2 ? 'Two' : people} people wrote this, and none had seen what the others wrote.` : 'The same was written in different ways.';
}

export function MatterCard({ item, onDone }: { item: WorkItem; onDone: (item: WorkItem, said: string) => void }): JSX.Element {
  const act = draftOf(item.id)?.act;
  const begin = (next: string): void => setDraft(item.id, { act: next, reason: draftOf(item.id)?.reason ?? '' });
  return (
    <>
      <div class="ch">
        <p class="ey">
          {[item.topic, item.place].filter((part) => part).join(item.kind === 'duplicate' ? ': ' : ', ')}
          {item.urgent ? (
            <span class="pill bad">
              <Icon name="triangle-alert" />
              Urgent: where is the child?
            </span>
          ) : null}
        </p>
        <h2 tabIndex={-1}>{item.question}</h2>
        <p class="mute">{lead(item)}</p>
      </div>
      <div class={`values ${item.choices.length > 2 ? 'many' : ''}`}>
        {item.choices.map((choice) => (
          <Choice key={choice.choice} item={item} choice={choice} onChoose={() => begin(`choice ${choice.choice}`)} />
        ))}
      </div>
      <Deciding item={item} onDone={onDone} />
      <Why item={item} />
      <Asking id={item.id} about="item" questions={item.questions} may={item.can_ask} first={item.authors.map(({ name }) => name)} why="who wrote one of these" />
      <TimeLine events={item.happened} />
      <div class="ft">
        {item.own_mark && act !== 'own' ? (
          <button type="button" class="b3" onClick={() => begin('own')}>
            <Icon name="pencil" />
            Set something else
          </button>
        ) : null}
        {item.can_undo && act !== 'undo' ? (
          <button type="button" class="b2" aria-keyshortcuts="u" onClick={() => begin('undo')}>
            <Icon name="undo-2" />
            Take it back <kbd aria-hidden="true">u</kbd>
          </button>
        ) : null}
        {item.session ? <Link href={`/registers/${item.session}`}>The register</Link> : null}
        {item.learner ? <Link href={`/learners/${item.learner}`}>The learner</Link> : null}
        {item.can_decide ? <span class="fr">You can undo this later</span> : null}
      </div>
    </>
  );
}

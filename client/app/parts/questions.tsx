// questions.tsx: what the office asks the person signed in: shown where they look anyway, in nobody's way, and answered with no line too.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import type { Question } from '../../../shared/ui/generated/calls.ts';
import { go } from '../route.ts';
import { call, complain, say, useAsk } from '../state.ts';

const answerMax = 1000;

function Asked({ one, here }: { one: Question; here: boolean }): JSX.Element {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const answer = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await call('question.answer', { question: one.id, text: text.trim() });
      say('Answer to the office: saved here.');
    } catch (error) {
      complain(error);
      setBusy(false);
    }
  };
  return (
    <li class="notice info asked">
      <Icon name="message-circle" />
      <div class="stack">
        <p>
          <b>{one.asked_by ?? 'The office'} asks:</b> {one.text}
        </p>
        {open ? (
          <form class="stack" onSubmit={(event) => void answer(event)}>
            <label class="field">
              <span>Your answer</span>
              <textarea rows={3} maxLength={answerMax} value={text} onInput={(event) => setText(event.currentTarget.value)} />
            </label>
            <button type="submit" class="b1" disabled={busy || text.trim() === ''}>
              Save the answer
            </button>
          </form>
        ) : (
          <div class="acts even">
            <button type="button" class="b2" onClick={() => setOpen(true)}>
              Answer
            </button>
            {one.session && !here ? (
              <button type="button" class="b2" onClick={() => go({ screen: 'register', session: one.session ?? '' })}>
                The register
              </button>
            ) : null}
          </div>
        )}
      </div>
    </li>
  );
}

/** All of them, or those about one session. */
export function Questions({ session }: { session?: string }): JSX.Element | null {
  const asked = useAsk('question.list', {}, 'questions', ['questions']);
  const shown = (asked.data?.questions ?? []).filter((one) => !session || one.session === session);
  if (shown.length === 0) return null;
  return (
    <section class="questions" aria-label="Questions of the office">
      <ul class="stack">
        {shown.map((one) => (
          <Asked key={one.id} one={one} here={session !== undefined} />
        ))}
      </ul>
    </section>
  );
}

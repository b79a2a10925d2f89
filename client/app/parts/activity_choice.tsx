// activity_choice.tsx: which of the learner's activities a note or a progress fact belongs to; silent when there is one.
import type { JSX } from 'preact';
import type { Learner } from '../../../shared/ui/generated/calls.ts';

interface ActivityChoiceProps {
  learner: Learner;
  value: string;
  onChange: (activity: string) => void;
}

export function ActivityChoice({ learner, value, onChange }: ActivityChoiceProps): JSX.Element | null {
  if (learner.enrolments.length < 2) return null;
  return (
    <label class="field">
      <span>Activity</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {learner.enrolments.map((one) => (
          <option key={one.activity} value={one.activity}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}

// register_section.tsx: a section of the register, joined by its bracket.
import { Component, type JSX } from 'preact';
import type { RegisterRow } from '../../../shared/ui/generated/calls.ts';
import type { Section } from '../marks.ts';
import { RegisterRowItem, type DrawnRows } from './register_row.tsx';

interface SectionProps {
  index: number;
  section: Section;
  /** The names that two players share. */
  twice: ReadonlySet<string>;
  closed: boolean;
  pending: ReadonlySet<string>;
  drawn: DrawnRows;
  onTap: (row: RegisterRow) => void;
  onMore: (row: RegisterRow) => void;
}

/** Rows are replaced, never written over: what is the same row says the same. */
function isSame(one: Section, other: Section): boolean {
  return one.name === other.name && one.rows.length === other.rows.length && one.rows.every((row, index) => row === other.rows[index]);
}

/** A tap looks at the rows of one section, not of all. As with a row, what onTap and onMore do depends on nothing else. */
export class RegisterSection extends Component<SectionProps> {
  override shouldComponentUpdate(next: SectionProps): boolean {
    const { index, section, twice, closed, pending } = this.props;
    if (next.index !== index || next.closed !== closed || next.pending !== pending || !isSame(next.section, section)) return true;
    return next.section.rows.some((row) => next.twice.has(row.name) !== twice.has(row.name));
  }
  override render(): JSX.Element {
    const { index, section, twice, closed, pending, drawn, onTap, onMore } = this.props;
    return (
      <section class="sec" id={`section-${index}`} role="group" aria-labelledby={`heading-${index}`}>
        <h2>
          <span id={`heading-${index}`}>{section.name}</span>
          <small>
            {section.here} of {section.rows.length} here
          </small>
        </h2>
        <ul>
          {section.rows.map((row) => (
            <RegisterRowItem key={row.learner} row={row} shared={twice.has(row.name)} closed={closed} pending={pending.has(row.learner)} drawn={drawn} onTap={onTap} onMore={onMore} />
          ))}
        </ul>
      </section>
    );
  }
}

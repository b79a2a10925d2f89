// register_row.tsx: one player: the whole row is the tap, and the three dots open the rest.
import { Component, type JSX } from 'preact';
import { Icon } from '../../../shared/ui/components/icon.tsx';
import { MarkGlyph } from '../../../shared/ui/components/mark_glyph.tsx';
import { clock, markWord } from '../../../shared/ui/format.ts';
import type { RegisterRow } from '../../../shared/ui/generated/calls.ts';
import { codeOf, nameOf, sameRow } from '../marks.ts';

/** The rows on screen, by learner: whose mark was answered is drawn before the figures that follow from it. */
export type DrawnRows = Map<string, RegisterRowItem>;

interface RowProps {
  row: RegisterRow;
  /** Somebody else here has the same name. */
  shared: boolean;
  closed: boolean;
  pending: boolean;
  onTap: (row: RegisterRow) => void;
  onMore: (row: RegisterRow) => void;
}
interface ItemProps extends RowProps {
  drawn: DrawnRows;
}

// Nothing sensitive stands on a row: that there is a comment or a notice, never what it says.
function facts(row: RegisterRow, shared: boolean): string {
  const said: string[] = [];
  if (shared && row.year_group) said.push(`Year ${row.year_group}`);
  if (shared && row.instrument && !row.visitor) said.push(row.instrument);
  if (row.visitor) said.push(row.instrument ? `Visitor, ${row.instrument}` : 'Visitor');
  if (row.door_in != null && (row.code === null || row.code === undefined || row.code === 'AU' || row.code === 'AN')) said.push(`Signed in at the door ${clock(row.door_in)}`);
  if (row.door_out != null && row.departed == null) said.push(`Signed out at the door ${clock(row.door_out)}`);
  if (row.departed !== null && row.departed !== undefined) said.push(`Left ${clock(row.departed)}`);
  if (row.notice !== null && row.notice !== undefined && row.code !== 'AN') said.push('The office was told of an absence');
  if (row.conflict) said.push('Marked differently by two people; the office decides');
  if (row.author_name) said.push(`Marked by ${row.author_name}`);
  if (row.comment) said.push('Has a comment');
  return said.join(' · ');
}

function Row({ row, shared, closed, pending, onTap, onMore }: RowProps): JSX.Element {
  const code = codeOf(row);
  const more = facts(row, shared);
  const word = markWord(code, row.arrived);
  return (
    <li class={`r m-${code}${pending ? ' pending' : ''}`}>
      <button
        type="button"
        class="tap"
        aria-pressed={code === 'P' || code === 'L'}
        aria-haspopup={closed ? 'dialog' : undefined}
        onClick={() => onTap(row)}
      >
        <MarkGlyph code={code} />
        <span class="nm-pl">
          <span class="nm">
            <b>{nameOf(row)}</b>
            <span class="vh">, </span>
            {more ? <small>{more}</small> : null}
            {more ? <span class="vh">, </span> : null}
          </span>
          <span class="pl">{word}</span>
        </span>
      </button>
      <button type="button" class="more" data-to={row.learner} aria-label={`More for ${nameOf(row)}`} aria-haspopup="dialog" onClick={() => onMore(row)}>
        <Icon name="ellipsis-vertical" />
      </button>
    </li>
  );
}

/** What the core answered, as long as the register as a whole says what it said before. */
interface Early {
  row: RegisterRow | null;
  over: RegisterRow | null;
}
const rowShown = ({ row }: ItemProps, early: Early): RegisterRow => (early.row && early.over === row ? early.row : row);

/** A tap draws one row anew, not eighty: on an old tablet that is most of what a tap costs. What onTap and onMore do depends on nothing else. */
export class RegisterRowItem extends Component<ItemProps, Early> {
  override state: Early = { row: null, over: null };
  show(row: RegisterRow): void {
    this.setState({ row, over: this.props.row });
  }
  override componentDidMount(): void {
    this.props.drawn.set(this.props.row.learner, this);
  }
  override componentWillUnmount(): void {
    this.props.drawn.delete(this.props.row.learner);
  }
  override shouldComponentUpdate(next: ItemProps, early: Early): boolean {
    const { shared, closed, pending } = this.props;
    return next.pending !== pending || next.closed !== closed || next.shared !== shared || !sameRow(rowShown(next, early), rowShown(this.props, this.state));
  }
  override render(): JSX.Element {
    const { drawn: _, ...props } = this.props;
    return <Row {...props} row={rowShown(this.props, this.state)} />;
  }
}

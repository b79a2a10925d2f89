// progress.ts: what a fact of progress says in words, the same on the learner's sheet and on the office's page.
import { joined } from './format.ts';
import { progress_kind_labels, stage_labels, type Progress } from './generated/calls.ts';

type Fact = Pick<Progress, 'kind' | 'stage' | 'pos' | 'board' | 'grade' | 'result'>;

export function progressWords(fact: Fact): string {
  switch (fact.kind) {
    case 'stage':
      return `Stage: ${fact.stage ? stage_labels[fact.stage] : ''}`;
    case 'pos':
      return `Programme of Study ${fact.pos ?? ''}`;
    case 'grade':
      return `Grade: ${joined([fact.board, fact.grade], ' ')}${fact.result ? `, ${fact.result}` : ''}`;
    default:
      return progress_kind_labels[fact.kind];
  }
}

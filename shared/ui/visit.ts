// visit.ts: what a school visit looks at, in the words of both pages; the keys are the columns of `visit` in schema.def.
export const visitItems = [
  { key: 'curriculum', label: 'Curriculum music', asks: 'Every class, every week' },
  { key: 'tuition', label: 'Instrumental and vocal tuition', asks: 'Who learns, and who cannot' },
  { key: 'ensembles', label: 'Singing and ensembles', asks: 'Choirs, bands, groups' },
  { key: 'performing', label: 'Performing and events', asks: 'In school and beyond' },
  { key: 'inclusion', label: 'Inclusion', asks: 'Whom music does not reach' },
  { key: 'leadership', label: 'Leadership and music plan', asks: 'The plan, its money, training' },
] as const;
export type VisitItem = (typeof visitItems)[number]['key'];
export const visitPriorities = ['priority_1', 'priority_2', 'priority_3'] as const;

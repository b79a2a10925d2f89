// write_back_api.ts: files for other systems as the hub answers them, and what a page begins a new mapping with.
import { get, post } from './api.ts';

export type What = 'attendance' | 'progress';
export type Code = 'P' | 'L' | 'AN' | 'AU' | 'SE';
export interface ColumnChoice {
  field: string;
  heading: string;
}
export interface Settings {
  what: What;
  format: 'csv' | 'xlsx';
  delimiter: 'comma' | 'semicolon' | 'tab';
  bom: boolean;
  dates: string;
  from: string;
  columns: ColumnChoice[];
  codes: Partial<Record<Code, string>>;
}
export interface MadeFile {
  id: string;
  no: number;
  at: number;
  who: string | null;
  rows: number;
  fresh: number;
  changed: number;
  gone: number;
  kept: boolean;
}
export interface Mapping {
  id: string;
  name: string;
  settings: Settings;
  who: string;
  at: number;
  runs: MadeFile[];
}
export interface Field {
  name: string;
  title: string;
  attendance: boolean;
  progress: boolean;
}

export const codeNames: Record<Code, string> = { P: 'Here', L: 'Late', AN: 'Away, told us', AU: 'Away, not told', SE: 'School event' };
export const codeOrder = Object.keys(codeNames) as Code[];
/** Each writes the 21st of November 2026. */
export const dateForms = ['2026-11-21', '21/11/2026', '21.11.2026', '20261121'] as const;
export const delimiterNames: Record<Settings['delimiter'], string> = { comma: 'Commas', semicolon: 'Semicolons', tab: 'Tabs' };

const column = (field: string, heading = ''): ColumnChoice => ({ field, heading });

/** What a new mapping begins with; everything in it can be changed. */
export function beginnings(from: string): { name: string; settings: Settings }[] {
  const attendance = ['learner_ref', 'first_name', 'last_name', 'date', 'starts', 'activity_ref', 'activity', 'code', 'arrived', 'comment'];
  const progress = ['learner_ref', 'first_name', 'last_name', 'date', 'activity_ref', 'activity', 'kind', 'stage', 'pos', 'board', 'grade', 'result'];
  const base = { from, bom: true, codes: {} };
  const forSpeedAdmin = { ...base, format: 'csv', delimiter: 'semicolon', dates: '21/11/2026' } as const;
  const forExcel = { ...base, format: 'xlsx', delimiter: 'comma', dates: '21/11/2026' } as const;
  const [marks, facts] = [attendance.map((field) => column(field)), progress.map((field) => column(field))];
  return [
    { name: 'SpeedAdmin attendance', settings: { ...forSpeedAdmin, what: 'attendance', columns: marks } },
    { name: 'SpeedAdmin progress', settings: { ...forSpeedAdmin, what: 'progress', columns: facts } },
    { name: 'Excel attendance', settings: { ...forExcel, what: 'attendance', columns: marks } },
    { name: 'Excel progress', settings: { ...forExcel, what: 'progress', columns: facts } },
  ];
}

const bodyOf = (id: string | null, name: string, { what, format, delimiter, bom, dates, from, columns, codes }: Settings): object => ({
  ...(id ? { id } : {}),
  name,
  what,
  format,
  delimiter,
  bom: bom ? 'yes' : 'no',
  dates,
  from,
  columns: columns.map(({ field, heading }) => `${field}=${heading}`),
  codes: what === 'attendance' ? codeOrder.filter((code) => codes[code]).map((code) => `${code}=${codes[code]}`) : [],
});

export const writeBackApi = {
  all: () => get<{ fields: Field[]; mappings: Mapping[] }>('/api/writeback'),
  save: (id: string | null, name: string, settings: Settings) => post<{ id: string }>('/api/writeback/save', bodyOf(id, name, settings)),
  drop: (id: string) => post<object>(`/api/writeback/drop/${id}`, {}),
  run: (id: string) => post<{ run: MadeFile | null }>(`/api/writeback/run/${id}`, {}),
};
export const fileAddress = (run: MadeFile): string => `/api/writeback/file/${run.id}`;

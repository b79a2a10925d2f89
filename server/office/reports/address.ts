// address.ts: where a figure stands: its address says all of it, so that it can be sent.
import type { Cut } from './report_api.ts';

export interface Place {
  report: string;
  by: Cut;
  period: string;
  school: string | null;
}
export const addressOf = ({ report, by, period, school }: Place): string => `/reports/${report}/${by}/${period}${school ? `/${school}` : ''}`;

// selftest_figures.ts: one line of the self-test's table, as it travels from the worker to the page.
export interface Figure {
  name: string;
  value: string;
  good: boolean;
}
export type SelfTestMessage = { figure: Figure } | { done: true };

// budgets.mjs: which scripts every start of the field app reads, and how large the others may be.

/** The screens after the first one: read when that stands. */
export const laterScript = 'later.js';
export const laterBudgetBytes = 30_000;
/** What is loaded only when somebody asks for it: to enrol needs the network anyway, so it is not kept for a start without one. */
export const onDemand = ['scan.js', 'jsqr.js', 'sealed.js'];
export const isLate = (name) => name === laterScript || onDemand.includes(name);

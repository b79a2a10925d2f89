// figure.mjs: one figure, one line: name, value, unit, ratio to the floor, must, goal, and whether the must is met.
export function figure(name, value, unit, must = '-', goal = '-') {
  const status = must === '-' ? 'info' : value <= must ? 'ok' : 'miss';
  console.log([name, value.toFixed(1), unit, '-', must, goal, status].join('\t'));
}

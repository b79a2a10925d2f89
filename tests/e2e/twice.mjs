// twice.mjs: how often a page asks its core for something: two taps in a row are one act.

/** Counts what is sent over every line that the page opens from now on. */
export function counting(page) {
  const sent = [];
  page.on('websocket', (line) => line.on('framesent', ({ payload }) => sent.push(Buffer.from(payload).toString('latin1'))));
  return (command) => sent.filter((bytes) => bytes.includes(command)).length;
}

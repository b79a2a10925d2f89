// reading.mjs: the feed as a client reads it: batches until every granted stream is whole, and the rows in them.

/** Reads the feed until every granted stream has had a checkpoint; gives credit back as it goes. */
export async function readFeed(session, { epoch = 0, streams = [] } = {}) {
  const grants = session.grants ?? (session.grants = await session.until('GRANTS'));
  session.send({ message: 'SUBSCRIBE', epoch, streams });
  const open = new Set(grants.streams.map((s) => s.stream));
  const batches = [];
  while (open.size > 0) {
    const batch = await session.batch();
    batches.push(batch);
    if (batch.checkpoint) open.delete(batch.stream);
  }
  return batches;
}
export const rowsOf = (batches, table) => batches.flatMap((b) => b.items.filter((i) => i.kind === 'row' && i.table === table).map((i) => ({ ...i, stream: b.stream, audience: b.audience })));

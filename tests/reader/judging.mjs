// judging.mjs: what a reader says about bytes: null, or the name of the error it refuses them with.

/** A fault of the reader itself is not an outcome. */
export function refusal(act) {
  try {
    const found = act();
    // Values that are not allowed spoil their changeset alone.
    return found?.refused ?? found?.changesets?.find((c) => c.refused)?.refused ?? null;
  } catch (e) {
    if (e.constructor.name === 'Refused') return e.code;
    throw e;
  }
}

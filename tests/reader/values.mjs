// values.mjs: which values a column allows, by its type and check in schema.def (section 7 of PROTOCOL.md).
import { need, refuse, utf8 } from './bytes.mjs';
import { enums } from './schema.mjs';

const between = (low, high) => (v) => typeof v === 'number' && v >= low && v <= high;
const years = [-25567, 84005]; // 1900-01-01 and 2199-12-31 in days since 1970
const types = {
  BOOL: () => between(0, 1),
  DATE: () => between(...years),
  TIME: () => between(years[0] * 86400000, (years[1] + 1) * 86400000 - 1),
  MINUTE: () => between(0, 1439),
  ENUM: (column) => (v) => Object.values(enums[column.of]).includes(v),
  SET: (column) => (v) => typeof v === 'number' && v >= 0 && v <= 0xffffffff && (v & ~Object.values(enums[column.of]).reduce((all, n) => all | (1 << (n - 1)), 0)) === 0,
};

const checks = {
  RANGE: (v, [low, high]) => v >= low && v <= high,
  LENGTH: (v, [most]) => [...v].length <= most,
  LENGTH_REQUIRED: (v, [most]) => [...v].length > 0 && [...v].length <= most,
};

export const isRequired = (column) => ['REQUIRED', 'LENGTH_REQUIRED'].includes(column.check);

/** The value as people mean it; INVALID when the column does not allow it. */
export function checked(column, raw) {
  let value = raw;
  try {
    if (column.type === 'TEXT') value = utf8(raw);
  } catch {
    refuse('INVALID', `${column.name} is not text`);
  }
  const good = (types[column.type]?.(column)(value) ?? true) && (checks[column.check]?.(value, column.args) ?? true);
  need(good, 'INVALID', `${column.name} may not be ${value}`);
  return value;
}

import type { ReceiptCheck } from '../schemas/receipt.js';

/** Relative difference of two numbers that still counts as equal: what text of a double loses. */
const SAME = 1e-9;

interface Difference {
  path: string;
  stated: unknown;
  recorded: unknown;
}

/** Compares a receipt with what the record says now, and names the first difference. */
export function checkReceipt(stated: unknown, recorded: unknown): ReceiptCheck {
  const difference = firstDifference(stated, recorded, '');
  if (difference === null) {
    return {
      holds: true,
      path: null,
      stated: null,
      recorded: null,
      sentence: 'The receipt holds: everything in it follows from the record.',
    };
  }
  const sentence = `The receipt does not hold: ${difference.path} is ${shown(difference.stated)}, and the record says ${shown(difference.recorded)}.`;
  return { holds: false, path: difference.path, stated: plain(difference.stated), recorded: plain(difference.recorded), sentence };
}

function firstDifference(stated: unknown, recorded: unknown, path: string): Difference | null {
  if (typeof stated === 'number' && typeof recorded === 'number') {
    return Math.abs(stated - recorded) <= SAME * Math.max(1, Math.abs(recorded)) ? null : { path, stated, recorded };
  }
  const [left, right] = [fieldsOf(stated), fieldsOf(recorded)];
  if (left === null || right === null || Array.isArray(stated) !== Array.isArray(recorded)) {
    return stated === recorded ? null : { path, stated, recorded };
  }
  for (const key of new Set([...Object.keys(right), ...Object.keys(left)])) {
    const found = firstDifference(left[key], right[key], pathInside(path, key, Array.isArray(recorded)));
    if (found !== null) return found;
  }
  return null;
}

const pathInside = (path: string, key: string, isList: boolean) => (isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`);

const fieldsOf = (value: unknown) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null);

const plain = (value: unknown) => JSON.parse(JSON.stringify(value ?? null));

/** Characters of a value that a sentence shows. */
const SHOWN = 80;

function shown(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}

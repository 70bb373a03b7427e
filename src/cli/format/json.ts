import { escaped } from './plain.js';

/** What `JSON.stringify` leaves as it is and a terminal would obey or hide: DEL, C1 controls, bidi, zero-width, separators. */
const UNSEEN = /[\u007f-\u009f\p{Zl}\p{Zp}]|\p{Cf}/gu;

/** JSON that is safe to look at, and parses to exactly what was stored. */
export function json(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSEEN, utf16);
}

/** JSON has no `\u{...}`: beyond the first plane a character is two escapes. */
function utf16(character: string): string {
  return character.split('').map(escaped).join('');
}

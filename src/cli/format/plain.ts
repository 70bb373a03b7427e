import { stripVTControlCharacters } from 'node:util';

/** Characters that show nothing, or turn the reading order around: bidi and zero-width, tags, separators, fillers. */
const INVISIBLE =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}]\ufe0f?)\u200d|[^\P{Cf}\u200d]|[\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;
const SPACE = /[\t\n\v\f\r\u0085\p{Zs}]+/gu;
const CONTROL = /\p{Cc}/gu;
const CONTROL_BUT_LINES = /[^\P{Cc}\n\t]/gu;

/** A text of somebody else's as one line of a terminal: no control or escape sequence left, nothing invisible. */
export function plainLine(text: string): string {
  return visible(stripVTControlCharacters(text.toWellFormed()).replace(SPACE, ' ').replace(CONTROL, '')).trim();
}

/** The same for a text of several lines: line breaks and tabs stay. */
export function plainText(text: string): string {
  return visible(withoutControls(text));
}

/** No control or escape sequence but line breaks and tabs; what is only hard to see stays. */
export function withoutControls(text: string): string {
  return stripVTControlCharacters(text.toWellFormed()).replace(/\r\n?/g, '\n').replace(CONTROL_BUT_LINES, '');
}

/** Writes a character as the `\u202e` that a reader can see. */
export function escaped(character: string): string {
  return Array.from(character, (one) => {
    const code = one.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  }).join('');
}

function visible(text: string): string {
  return text.replace(INVISIBLE, escaped);
}

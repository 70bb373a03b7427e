const ASCII = /^[\x20-\x7e]*$/;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const MARKS = /^\p{M}+$/u;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns of a terminal that a text without control characters takes. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfOne(segment);
  return width;
}

/** The text, or as much of its beginning as fits together with the ellipsis. Never cuts a character in two. */
export function clip(text: string, width: number, ellipsis: string): string {
  // A text of a megabyte is measured no further than it can be shown.
  const start = text.slice(0, width * 16);
  if (start.length === text.length && widthOf(text) <= width) return text;
  const room = width - ellipsis.length;
  let taken = 0;
  let end = 0;
  for (const { segment, index } of graphemes.segment(start)) {
    taken += widthOfOne(segment);
    if (taken > room) break;
    end = index + segment.length;
  }
  return `${start.slice(0, end).trimEnd()}${ellipsis}`;
}

export function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? space + text : text + space;
}

function widthOfOne(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return MARKS.test(grapheme) ? 0 : 1;
}

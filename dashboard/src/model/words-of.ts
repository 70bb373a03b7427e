/** Scripts without spaces between words. */
const UNSPACED = /[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** A text cut into words, with the spaces and marks between them: joined, they are the text. */
export function wordsOf(text: string): string[] {
  if (UNSPACED.test(text)) return [...segmenter.segment(text)].map(({ segment }) => segment);
  return text.match(/[\p{L}\p{N}_]+|\s+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

export const isUnspaced = (text: string): boolean => UNSPACED.test(text);

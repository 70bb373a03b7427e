/** Words that say nothing of a ticket's subject. Question words are not among them: they tell how-to questions. */
const STOP_WORDS = new Set(
  (
    'a about after again all also although am an and another any are as at be been before but by can could did do does every for from ' +
    'get had has have her him his i if in into is it its just let me more my never no not now of off on once one only or our out ' +
    'please she so some than that the their them there they this three times to too twice two until up us was we were when will with ' +
    'without would you your'
  ).split(' '),
);

/** The words of a text as they stand, lower case, in order of appearance, each once. */
function wordsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+(?:['-]\p{L}+)*/gu))];
}

/** The words that may tell a ticket's subject. */
export function tellingWords(text: string): string[] {
  return wordsOf(text).filter((word) => word.length > 2 && !STOP_WORDS.has(word));
}

/** One form for `charge`, `charged` and `charges`: plain English endings taken off. Crude, and the same on both sides. */
export function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ing|ed|es|s|e)$/, '') : word;
}

export function stemsOf(text: string): Set<string> {
  return new Set(wordsOf(text).map(stem));
}

/** A number from a text, the same every time: the stand-in's substitute for chance. FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}

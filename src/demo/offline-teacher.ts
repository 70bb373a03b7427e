import { type Cue, cuesIn } from './offline-student.js';
import type { Remark } from './remark.js';
import { hashOf, stem, stemsOf, tellingWords } from './words.js';

const CUES_PER_MISTAKE = 4;

/**
 * Says what went wrong, as cues. From each ticket that was mislabelled it takes the words that other tickets of that label
 * share and tickets of other labels lack; a few tickets are poor evidence, so many a word is badly chosen.
 */
export function criticize(remarks: readonly Remark[]): string {
  const read = remarks.map((remark) => ({ ...remark, stems: stemsOf(remark.text) }));
  const mistakes = read.filter(({ mistaken }) => mistaken !== undefined);
  const cues = mistakes.flatMap((mistake) => tellingCues(mistake, read));
  return [`${mistakes.length} of ${remarks.length} tickets were mislabelled. Words that would have told:`, ...linesOf(cues)].join('\n');
}

/**
 * Writes the next instruction out of the present one and the criticism. Like a model that reflects, it is not always right:
 * by turns it adds what it learned, starts afresh and forgets the rest, or has nothing better than good advice.
 */
export function reflect(current: string, criticism: string): string {
  const [task = ''] = current.split('\n');
  const known = cuesIn(current);
  const learned = cuesIn(criticism);
  switch (hashOf(`${current}\n${criticism}`) % 8) {
    case 0:
    case 1:
      return [task, 'Read the whole message with care before you answer.', ...linesOf(known)].join('\n');
    case 2:
      return [task, ...linesOf(learned)].join('\n');
    default:
      return [task, ...linesOf([...known, ...learned])].join('\n');
  }
}

interface ReadRemark extends Remark {
  readonly stems: ReadonlySet<string>;
}

function tellingCues(mistake: ReadRemark, all: readonly ReadRemark[]): Cue[] {
  const evidence = (word: string) =>
    all.filter(({ stems }) => stems.has(stem(word))).reduce((sum, { expected }) => sum + (expected === mistake.expected ? 1 : -1), 0);
  return tellingWords(mistake.text)
    .map((word) => ({ word, label: mistake.expected, evidence: evidence(word) }))
    .sort((one, other) => other.evidence - one.evidence || other.word.length - one.word.length || hashOf(one.word) - hashOf(other.word))
    .slice(0, CUES_PER_MISTAKE);
}

/** One line a cue; of two on the same word the later counts. */
function linesOf(cues: readonly Cue[]): string[] {
  const byStem = new Map(cues.map((cue) => [stem(cue.word), cue]));
  return [...byStem.values()].map(({ word, label }) => `- "${word}" => ${label}`);
}

import { claimOf } from '../../../story/claim.js';
import { intervalWords, scoreWords } from '../../../story/scale.js';
import { words } from '../../../strings.js';
import type { Told } from '../story.js';

/** The sentence as plain text. */
function sentenceText({ story, assessment }: Pick<Told, 'story' | 'assessment'>): string {
  const { claim, rest } = claimOf(story, assessment);
  return `${claim}${rest.map((part) => (typeof part === 'string' ? part : part.text)).join('')}`;
}

/** The verdict for a pull request. */
export function markdownOf(told: Told, link: string): string {
  const { story, assessment } = told;
  const { scale, baseline, winner, run } = story;
  const rows = [
    ['Verdict', assessment === undefined ? 'not judged' : words.verdict[assessment.word]],
    ['Baseline', scoreWords(scale, baseline?.score ?? run.initialScore)],
    ['Best', `${scoreWords(scale, winner?.score ?? run.bestScore)}${winner === null ? '' : ` (#${winner.iteration})`}`],
    ['95% of the gain', assessment?.interval ? intervalWords(scale, assessment.interval) : 'not judged'],
  ];
  return [
    `**${escaped(run.runName)}**: ${escaped(sentenceText(told))}`,
    '',
    '| | |',
    '| --- | --- |',
    ...rows.map(([name, value]) => `| ${name} | ${escaped(value ?? '')} |`),
    '',
    `[The run](${link})`,
    '',
  ].join('\n');
}

const escaped = (text: string) => text.replaceAll(/[\\|`*_<>[\]]/g, (mark) => `\\${mark}`).replaceAll(/\s*\n\s*/g, ' ');

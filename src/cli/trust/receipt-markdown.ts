import type { Receipt } from '../../schemas/receipt.js';
import { count, duration, money, score } from '../format/figures.js';
import { inertMarkdown } from '../format/markdown.js';

/** Characters of a hash that a reader compares. */
const HASH = 12;

/** A receipt for a pull request or a wiki. */
export function receiptMarkdown(receipt: Receipt): string {
  const { run, assessment, edits, changes, hindsight, spend, hashes } = receipt;
  const { baseline, winner } = assessment;
  const lines = [
    `### ${inertMarkdown(run.name)}: ${receipt.word}`,
    '',
    inertMarkdown(receipt.sentence),
    '',
    `- baseline ${score(baseline?.score)} (iteration ${baseline?.iteration ?? '-'}), winner ${score(winner?.score)} (iteration ${winner?.iteration ?? '-'})`,
    `- ${inertMarkdown(assessment.heldOut?.sentence ?? 'Not tested on held-out data.')}`,
    `- ${inertMarkdown(edits.sentence)}`,
    ...(changes === null ? [] : [`- ${inertMarkdown(changes.sentence)}`]),
    `- ${inertMarkdown(hindsight.sentence)}`,
    `- spent ${count(spend.calls)} calls, ${money(spend.costUsd)}, ${duration(spend.timeMs)}`,
    `- run \`${run.id}\`, method \`${receipt.method}\`, seed \`${assessment.seed}\`, winner \`${hashes.winner?.slice(0, HASH) ?? '-'}\`, example set \`${hashes.exampleSet?.slice(0, HASH) ?? '-'}\``,
  ];
  return `${lines.join('\n')}\n`;
}

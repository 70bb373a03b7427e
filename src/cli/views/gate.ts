import type { ExamplePair, GateResult } from '../../schemas/trust.js';
import { score } from '../format/figures.js';
import { inertMarkdown } from '../format/markdown.js';
import { plainLine } from '../format/plain.js';

type NameOf = (example: ExamplePair) => string;

/** Characters of a hash that a reader compares. */
const HASH = 12;

/** The answer of the gate for a terminal. */
export function gateLines(result: GateResult, nameOf: NameOf): string[] {
  const { sentence, reason, n } = result;
  if (reason !== null || n === 0) return [plainLine(sentence)];
  const worst = result.worst.map((example) => `  ${plainLine(nameOf(example))}  ${score(example.baseline)} -> ${score(example.candidate)}`);
  return [plainLine(sentence), counts(result), ...(worst.length === 0 ? [] : ['worst:', ...worst])];
}

function counts({ better, worse, same, leftOut }: GateResult): string {
  return `fixed ${better}, broke ${worse}, same ${same}${leftOut === 0 ? '' : `; ${leftOut} left out, scored on one side alone`}`;
}

/** The same for a pull request. */
export function gateMarkdown(result: GateResult, nameOf: NameOf, candidate: string, baseline: string): string {
  const { outcome, sentence, reason, exampleSetHash } = result;
  const icon = { better: '✅', 'not worse': '✅', regression: '❌', undecided: '⚠️', 'not comparable': '❌' }[outcome];
  const lines = [`### ${icon} Optrail gate: ${outcome}`, '', inertMarkdown(sentence), ''];
  if (reason === null) {
    lines.push('| fixed | broke | same | left out | examples needed |', '| ---: | ---: | ---: | ---: | ---: |');
    lines.push(`| ${result.better} | ${result.worse} | ${result.same} | ${result.leftOut} | ${result.needed ?? '-'} |`, '');
  }
  if (result.worst.length > 0) {
    lines.push('| worst examples | baseline | candidate |', '| --- | ---: | ---: |');
    lines.push(
      ...result.worst.map((each) => `| ${inertMarkdown(nameOf(each))} | ${score(each.baseline)} | ${score(each.candidate)} |`),
      '',
    );
  }
  lines.push(sideLine('candidate', candidate, result.candidate), sideLine('baseline', baseline, result.baseline));
  if (exampleSetHash !== null) lines.push(`- example set \`${exampleSetHash.slice(0, HASH)}\``);
  return `${lines.join('\n')}\n`;
}

function sideLine(role: string, name: string, side: GateResult['candidate']): string {
  if (side === null) return `- ${role}: ${inertMarkdown(name)}`;
  const hash = side.programHash === null ? '' : `, program \`${side.programHash.slice(0, HASH)}\``;
  return `- ${role}: ${inertMarkdown(name)}, iteration ${side.iteration}, score ${score(side.score)} on ${side.examples} examples${hash}`;
}

import { hash } from 'node:crypto';
import { programText } from '../../../prompt/text.js';
import type { Receipt } from '../../../schemas/receipt.js';
import { getPrograms } from '../../../store/programs.js';
import type { Scope } from '../../../store/scope.js';
import { pairSides } from '../../../trust/comparison.js';
import { hindsightOf, spendOf } from '../../../trust/hindsight.js';
import type { OperationInput } from '../../operations.js';
import { blamed, changesOf, editsOf } from './answers.js';
import { type Subject, subjectOf } from './subject.js';

/** Everything that a claim about a run rests on. */
export async function receipt(scope: Scope, { runId, projectId }: OperationInput<'receipt'>): Promise<Receipt | null> {
  const subject = await subjectOf(scope, runId, projectId);
  if (subject === null) return null;
  const { reader, assessment, baseline, winner } = subject;
  const { run } = reader;
  const compared = baseline !== null && winner !== null;
  return {
    format: 'optrail-receipt',
    version: 1,
    method: assessment.method,
    run: {
      id: run.runId,
      projectId: run.projectId,
      name: run.runName,
      optimizer: run.optimizerType,
      model: run.model,
      metric: run.metric,
      status: run.status,
      startTime: iso(run.startTime),
      endTime: iso(run.endTime),
    },
    word: assessment.word,
    sentence: assessment.sentence,
    assessment,
    edits: await editsOf(scope, subject),
    blame: winner === null ? null : await blamed(scope, subject, winner),
    changes: compared ? await changesOf(scope, subject, baseline, subject, winner) : null,
    hindsight: hindsightOf(reader, winner),
    spend: { ...spendOf(reader, run.iterations, run.endTime), costUsd: run.totalCostUsd, totalTokens: run.totalTokens },
    hashes: {
      baseline: baseline?.programHash ?? null,
      winner: winner?.programHash ?? null,
      exported: await exportedHash(scope, subject),
      exampleSet: exampleSet(subject),
    },
  };
}

const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());

/** SHA-256 of the winner as `optrail best` writes it. */
async function exportedHash(scope: Scope, { reader: { run }, winner }: Subject): Promise<string | null> {
  const programs = winner === null ? [] : await getPrograms(scope, run.runId, run.projectId);
  const found = programs.find(({ programHash }) => programHash === winner?.programHash);
  return found === undefined ? null : hash('sha256', programText(found.program).text);
}

function exampleSet({ reader, baseline, winner }: Subject): string | null {
  if (baseline === null || winner === null) return null;
  const kinds = ['full'] as const;
  const { examples } = pairSides({ reader, program: baseline, kinds }, { reader, program: winner, kinds });
  const hashes = examples.flatMap(({ exampleHash }) => exampleHash ?? []);
  return hashes.length === 0 || hashes.length < examples.length ? null : hash('sha256', hashes.sort().join('\n'));
}

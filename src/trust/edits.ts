import type { EvalKind } from '../schemas/iteration.js';
import type { Edit, EditEvidence, EditImpact } from '../schemas/trust-edits.js';
import { pairSides } from './comparison.js';
import { holm } from './holm.js';
import { type PairedDifference, pairInterval, pairProbability } from './pair.js';
import type { RunProgramRecord, RunReader } from './record.js';
import { counted } from './sentence.js';
import { CLAIM_ALPHA, isTooFew, pairWord } from './words.js';

/** Two-sided error rate of "real" after Holm's correction. */
const EDIT_ALPHA = 0.05;

/** Evidence of one edit before the correction over all edits. */
interface Raw {
  pair: PairedDifference;
  p: number;
}

/**
 * Each proposal against its parent, minibatches and full evaluations apart.
 *
 * @param gistOf first line of text that an iteration added; null if it is unknown
 */
export function editImpactOf(reader: RunReader, gistOf: (iteration: number) => string | null = () => null): EditImpact {
  const proposals = reader.programs.filter(({ parents }) => parents.length > 0);
  const raw = proposals.map((program) => ({ full: against(reader, program, 'full'), minibatch: against(reader, program, 'minibatch') }));
  const full = withHolm(raw.map((each) => each.full));
  const minibatch = withHolm(raw.map((each) => each.minibatch));
  const edits = proposals.map((program, at): Edit => {
    const iteration = program.iterations.find(({ evalKind }) => evalKind === 'full') ?? program.iterations[0];
    const decided =
      program.iterations.find(({ decision }) => decision === 'accepted') ?? program.iterations.find(({ decision }) => decision !== null);
    return {
      iteration: iteration?.iteration ?? 0,
      parent: program.parentIterations[0] ?? null,
      parents: [...program.parentIterations],
      decision: decided?.decision ?? null,
      reason: decided?.decisionReason ?? null,
      gist: gistOf(iteration?.iteration ?? 0),
      full: full[at] ?? null,
      minibatch: minibatch[at] ?? null,
    };
  });
  const accepted = edits.filter(({ decision, full: evidence }) => decision === 'accepted' || (decision === null && evidence !== null));
  const indistinct = accepted.filter(({ full: evidence }) => evidence?.word !== 'real' && evidence?.word !== 'worse').length;
  return {
    runId: reader.run.runId,
    projectId: reader.run.projectId,
    edits,
    accepted: accepted.length,
    indistinct,
    sentence: impactSentence(edits.length, accepted.length, indistinct),
  };
}

function impactSentence(edits: number, accepted: number, indistinct: number): string {
  if (edits === 0) return 'No proposal names a parent, so that no edit can be weighed.';
  if (accepted === 0) return `None of ${counted(edits, 'edit')} was accepted.`;
  return `${indistinct} of ${counted(accepted, 'accepted edit')} cannot be told from nothing.`;
}

/** A program against the first of its parents, on evaluations of one kind. A minibatch may meet any evaluation of the parent. */
function against(reader: RunReader, program: RunProgramRecord, kind: 'full' | 'minibatch'): Raw | null {
  const parent = reader.programs[program.parents[0] as number];
  if (parent === undefined || reader.evaluations(program, [kind]).length === 0) return null;
  const same: EvalKind[] = [kind];
  const kinds: EvalKind[] =
    kind === 'minibatch' && reader.evaluations(parent, same).length === 0 ? ['minibatch', 'full', 'bootstrap'] : same;
  const { pair } = pairSides({ reader, program: parent, kinds }, { reader, program, kinds: same });
  return pair.n === 0 ? null : { pair, p: pairProbability(pair) };
}

function withHolm(raw: readonly (Raw | null)[]): (EditEvidence | null)[] {
  // An edit with too few examples claims nothing, and must not cost the others.
  const adjusted = holm(raw.map((each) => (each === null || isTooFew(each.pair) ? null : each.p)));
  return raw.map((each, at) => (each === null ? null : evidence(each, adjusted[at] ?? null)));
}

function evidence({ pair, p }: Raw, adjustedP: number | null): EditEvidence {
  const alone = pairWord(pair);
  const claims = alone === 'real' || alone === 'worse';
  const interval = pairInterval(pair, CLAIM_ALPHA);
  return {
    n: pair.n,
    fixed: pair.better,
    broke: pair.worse,
    difference: pair.difference,
    interval: interval.every(Number.isFinite) ? interval : null,
    p,
    adjustedP,
    word: !claims || (adjustedP ?? 1) <= EDIT_ALPHA ? alone : alone === 'real' ? 'likely' : 'not distinguishable',
  };
}

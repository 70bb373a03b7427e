import type { RunAssessment } from '../../../src/schemas/trust.js';
import { optimizerName } from '../format/names.js';
import { isEnded } from '../model/progress.js';
import { changesOf } from './outcome.js';
import { gainWords, pointsOf, type Scale, scoreWords } from './scale.js';
import type { Story } from './story.js';

/** The sentence of a run: the claim in ink, the rest muted; counts are links to their lists. */
export interface Claim {
  readonly claim: string;
  readonly rest: readonly ClaimPart[];
  /** Beside the chip: what the verdict allows for, or needs. */
  readonly aside: string;
}

export type ClaimPart = string | { readonly list: 'fixed' | 'broken'; readonly text: string };

const about = (needed: number): string => {
  const digits = Math.max(0, Math.floor(Math.log10(Math.max(1, needed))) - 1);
  return (Math.ceil(needed / 10 ** digits) * 10 ** digits).toLocaleString('en-US');
};

const plural = (count: number, one: string) => `${count.toLocaleString('en-US')} ${count === 1 ? one : `${one}s`}`;

/** The claim that the data supports, and nothing beyond it. */
export function claimOf(story: Story, assessment: RunAssessment | undefined): Claim {
  const { run, scale, winner, baseline } = story;
  const who = optimizerName(run.optimizerType);
  const best = winner?.score ?? run.bestScore ?? run.finalScore;
  const from = baseline?.score ?? run.initialScore;
  if (run.status === 'failed') return failed(story, who, best, from);
  if (!isEnded(run)) return running(story, who, best, from);
  if (best === null) return { claim: `${who} ended without a score.`, rest: [], aside: '' };
  if (from === null)
    return { claim: `${who} reached ${scoreWords(scale, best)}.`, rest: [' No baseline was recorded to compare with.'], aside: '' };
  if (winner?.isBaseline || scale.sign * (best - from) <= 0) {
    return { claim: `Nothing beat the original: ${scale.metric} stays at ${scoreWords(scale, from)}.`, rest: [], aside: '' };
  }
  return assessment === undefined ? unjudged(story, who, best, from) : judged(story, assessment, who, best, from);
}

/** A run that is over and has no verdict yet, or no samples that one could rest on. */
function unjudged({ run, scale }: Story, who: string, best: number, from: number): Claim {
  const rest = run.samplesEvaluated === 0 ? [' No samples were recorded, so the gain cannot be judged.'] : [];
  return { claim: `${who} scored ${scoreWords(scale, best)} against ${scoreWords(scale, from)}.`, rest, aside: '' };
}

function judged(story: Story, assessment: RunAssessment, who: string, best: number, from: number): Claim {
  const { scale, unit } = story;
  const { word, n, needed, heldOut } = assessment;
  const [is, was] = [scoreWords(scale, best), scoreWords(scale, from)];
  const tail = heldOutWords(assessment, unit);
  const tell = needed === null ? '' : `; about ${about(needed)} ${unit} would tell`;
  if (heldOut?.word === 'worse' && heldOut.refused === null) {
    const points = gainWords(scale, Math.abs(heldOut.heldOutGain ?? heldOut.difference ?? 0)).replace('+', '');
    return {
      claim: `${who}’s winner gained ${gainWords(scale, assessment.difference ?? 0).replace('+', '')} where it was chosen, and lost ${points} where it was not.`,
      rest: [' The gain does not carry over: keep the baseline.'],
      aside: 'better where it was chosen, worse where it was not',
    };
  }
  if (word === 'real' || word === 'likely') {
    const claim = word === 'real' ? lifted(scale, who, was, is) : `${who} scored ${is} against ${was}.`;
    return { claim, rest: [' ', ...counts(story, true), tail], aside: allows(scale, assessment) };
  }
  if (word === 'too few') {
    return {
      claim: `${who} scored ${is} against ${was} on ${n} ${unit}: too few to say.`,
      rest: [` Only ${assessment.better + assessment.worse} came out differently${tell}.`],
      aside: 'a verdict needs 10 shared examples, 6 of them different',
    };
  }
  if (word === 'worse')
    return {
      claim: `${who} made it worse: ${is} against ${was}.`,
      rest: [' ', ...counts(story, false), '. Keep the baseline.'],
      aside: allows(scale, assessment),
    };
  return {
    claim: `${who} scored ${is} against ${was}, but ${n} ${unit} cannot tell the two apart.`,
    rest: [' ', ...counts(story, false), `${tell}.`],
    aside: allows(scale, assessment),
  };
}

function lifted({ sign, metric }: Scale, who: string, was: string, is: string): string {
  const name = metric === 'the score' ? metric : metric.replaceAll('_', ' ');
  return sign > 0 ? `${who} lifted ${name} from ${was} to ${is}.` : `${who} brought ${name} from ${was} down to ${is}.`;
}

const allows = ({ sign }: Scale, { k }: RunAssessment) =>
  [k > 1 ? `allows for having picked the best of ${plural(k, 'prompt')}` : '', sign < 0 ? 'lower is better' : '']
    .filter(Boolean)
    .join('; ');

function counts(story: Story, isLong: boolean): ClaimPart[] {
  const { fixed, broke } = changesOf(story);
  const of = isLong ? ` of ${story.examples.length} ${story.unit}` : '';
  const [better, worse] = story.isBinary ? ['It ', ' and '] : ['Better on ', ', worse on '];
  const [fixes, breaks] = story.isBinary
    ? [`fixed ${fixed.length}`, `broke ${broke.length}`]
    : [String(fixed.length), String(broke.length)];
  return [
    better,
    { list: 'fixed', text: fixes },
    of,
    worse,
    broke.length === 0 && story.isBinary ? 'broke none' : { list: 'broken', text: breaks },
  ];
}

function heldOutWords({ heldOut }: RunAssessment, unit: string): string {
  if (heldOut === null) return '. Not tested on held-out data.';
  if (heldOut.refused !== null) return `. The held-out data does not count: ${heldOut.refused}`;
  if (heldOut.word === 'real' || heldOut.word === 'likely') return `, and the gain holds on ${heldOut.n} ${unit} it never saw.`;
  return `. ${heldOut.n} held-out ${unit} cannot tell whether it holds.`;
}

function running({ run, scale, total }: Story, who: string, best: number | null, from: number | null): Claim {
  const spent = total.calls === null ? '' : ` with ${usedWords(run, total.calls)}`;
  const later = ' The gain is judged when the run ends.';
  if (run.status === 'pending') return { claim: `${who} has not started yet.`, rest: [], aside: '' };
  if (best === null) return { claim: `${who} has no score yet${spent}.`, rest: [later], aside: '' };
  const up =
    from === null || from === best
      ? ''
      : scale.sign > 0
        ? `, up from ${scoreWords(scale, from)}`
        : `, down from ${scoreWords(scale, from)}`;
  return {
    claim: `${who} is at ${scoreWords(scale, best)}${up}${spent === '' ? '.' : ','}`,
    rest: [`${spent}${spent === '' ? '' : '.'}${later}`],
    aside: '',
  };
}

function failed({ run, scale }: Story, who: string, best: number | null, from: number | null): Claim {
  const at =
    best === null
      ? 'before it had a score'
      : `at ${scoreWords(scale, best)}${from === null || from === best ? '' : ` from ${scoreWords(scale, from)}`}`;
  return {
    claim: `${who} stopped after ${plural(run.iterations, 'iteration')}, ${at}.`,
    rest: [' The iterations recorded until then are kept.'],
    aside: '',
  };
}

const BUDGETS = ['max_metric_calls', 'maxMetricCalls', 'metric_calls', 'max_calls', 'budget_calls'];

/** The calls that the run may spend, as its configuration says; null if it does not. */
export function budgetOf(run: Story['run']): number | null {
  for (const fields of [run.config, ...Object.values(run.config), run.metadata]) {
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) continue;
    for (const key of BUDGETS) {
      const value = (fields as Record<string, unknown>)[key];
      if (typeof value === 'number' && value > 0) return value;
    }
  }
  return null;
}

function usedWords(run: Story['run'], calls: number): string {
  const budget = budgetOf(run);
  return budget === null
    ? `${plural(calls, 'call')} used`
    : `${calls.toLocaleString('en-US')} of ${budget.toLocaleString('en-US')} calls used`;
}

/** The gain in short: `+28 points` with `95%: +11 to +42` below it. */
export const shortGain = (scale: Scale, difference: number): string =>
  scale.isShare ? gainWords(scale, difference) : pointsOf(scale, difference);

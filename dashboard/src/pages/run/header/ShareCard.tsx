import { optimizerName } from '../../../format/names.js';
import { cost } from '../../../format/number.js';
import { changesOf } from '../../../story/outcome.js';
import { intervalWords, scoreWords } from '../../../story/scale.js';
import { words } from '../../../strings.js';
import { axisFor } from '../overview/TrailCard.js';
import { TrailChart } from '../overview/TrailChart.js';
import { layTrail } from '../overview/trail-layout.js';
import type { Told } from '../story.js';

/** The texts of the card. */
function cardWords({ story, assessment }: Told) {
  const { run, scale, baseline, winner } = story;
  const held = assessment?.heldOut;
  const isHeld = held?.refused === null && (held.word === 'real' || held.word === 'likely');
  const spent = run.totalCostUsd > 0 ? ` for ${cost(run.totalCostUsd)}` : '';
  const limits = assessment?.interval ? intervalWords(scale, assessment.interval) : '';
  return {
    subject: `${run.runName.slice(0, 60).toWellFormed()}, ${optimizerName(run.optimizerType)}${run.model === null ? '' : ` on ${run.model}`}`,
    claim: `From ${scoreWords(scale, baseline?.score ?? run.initialScore)} to ${scoreWords(scale, winner?.score ?? run.bestScore)}${spent}. `,
    holds: isHeld ? `; holds on ${held.n} it never saw` : '',
    verdict: assessment === undefined ? '' : words.verdict[assessment.word],
    interval: limits === '' ? '' : `   95%: ${limits}${scale.isShare ? ' points' : ''}`,
  };
}

const TONES = { real: 'fill-fixed', likely: 'fill-fixed', worse: 'fill-broke', 'not distinguishable': 'fill-ink', 'too few': 'fill-ink' };

/** The card of a run: the figures of its receipt and the trail, without prompt text and inputs. */
export function ShareCard({ told }: { told: Told }) {
  const { story, assessment, hindsight } = told;
  const { winner, unit } = story;
  const { axis } = axisFor(story, undefined);
  const layout = layTrail(story, axis, 1104, 370);
  const { fixed, broke } = changesOf(story);
  const enough = hindsight?.enough ? story.candidateOf.get(hindsight.enough.iteration) : undefined;
  const { subject, claim, holds, verdict, interval } = cardWords(told);
  return (
    <svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true" width="1200" height="630" viewBox="0 0 1200 630">
      <rect width="1200" height="630" className="fill-surface" />
      <g transform="translate(56 48)">
        <rect width="24" height="24" rx="6" className="fill-btn" />
        <path d="M5 17h4.500v-4.500h5V8H17" fill="none" className="stroke-btn-ink" strokeWidth="2" strokeLinejoin="round" />
        <circle cx="19" cy="8" r="1.600" className="fill-trail-fill" />
        <text x="36" y="17" className="fill-ink font-semibold text-base">
          Optrail
        </text>
        <text x="98" y="17" className="fill-muted text-base">
          {subject}
        </text>
        <text x="1088" y="17" textAnchor="end" className="fill-muted text-base">
          <tspan className={`font-semibold ${assessment === undefined ? 'fill-ink' : TONES[assessment.word]}`}>{verdict}</tspan>
          {interval}
        </text>
      </g>
      <text x="56" y="132" className="fill-muted text-[38px] tracking-[-.015em]">
        <tspan className="fill-ink font-semibold">{claim}</tspan>
      </text>
      {story.examples.length > 0 && (
        <text x="56" y="180" className="fill-muted text-[38px] tracking-[-.015em]">
          {story.isBinary ? 'Fixed ' : 'Better on '}
          <tspan className="fill-fixed font-semibold">{fixed.length}</tspan>
          {story.isBinary ? ` of ${story.examples.length} ${unit}, broke ` : ` of ${story.examples.length} ${unit}, worse on `}
          <tspan className="fill-broke font-semibold">{broke.length}</tspan>
          {holds}.
        </text>
      )}
      <g transform="translate(48 224)">
        <TrailChart story={story} layout={layout} axis={axis} label="The trail" enough={enough === winner ? undefined : enough} />
      </g>
    </svg>
  );
}

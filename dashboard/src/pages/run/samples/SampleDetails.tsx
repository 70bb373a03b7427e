import { useQuery } from '@tanstack/react-query';
import type { OptimizationSample } from '../../../../../src/schemas/sample.js';
import { samplesQuery } from '../../../api/samples.js';
import { IconButton } from '../../../components/Button.js';
import { CopyButton } from '../../../components/CopyButton.js';
import { Compact, Cost, Duration } from '../../../components/Figures.js';
import { valueText } from '../../../format/values.js';
import { useShortcut } from '../../../keyboard/registry.js';
import { DiffText } from '../../../program/DiffText.js';
import { type Scale, scoreWords } from '../../../story/scale.js';
import { useRun, useView } from '../useRun.js';
import { OutcomeWord, sampleOutcome } from './OutcomeBadge.js';
import { ValueView } from './ValueView.js';

/** One answer whole, beside the one of another iteration if the reader compares with it. */
export function SampleDetails({
  sample,
  samples,
  scale,
}: {
  sample: OptimizationSample;
  samples: readonly OptimizationSample[];
  scale: Scale;
}) {
  const [{ changedVs, iteration: open }, change] = useView();
  const at = samples.indexOf(sample);
  const walk = (by: 1 | -1) => {
    const next = samples[at + by];
    if (next !== undefined) change({ sample: next.sampleIndex }, { replace: true });
  };
  const close = () => change({ sample: undefined });
  useShortcut({ key: 'Escape', does: 'Close the answer', group: 'Answer' }, close, open === undefined);
  useShortcut({ key: ']', does: 'Next answer', group: 'Answer' }, () => walk(1), open === undefined);
  useShortcut({ key: '[', does: 'Previous answer', group: 'Answer' }, () => walk(-1), open === undefined);
  return (
    <section aria-label={`Answer ${sample.sampleIndex}`} className="panel min-w-0 self-start">
      <header className="flex flex-wrap items-center gap-2 border-line border-b py-2 pr-2 pl-4">
        <h2 className="numeric font-semibold">Answer {sample.sampleIndex}</h2>
        <OutcomeWord outcome={sampleOutcome(scale, sample)} />
        <span className="text-muted">score {scoreWords(scale, sample.score)}</span>
        {sample.exampleId !== null && <span className="plain-text truncate text-muted">{sample.exampleId}</span>}
        <span className="flex-1" />
        <CopyButton small label="Copy the answer as JSON" text={() => JSON.stringify(sample, null, 2)} />
        <IconButton label="Previous answer" icon="arrowUp" onClick={() => walk(-1)} />
        <IconButton label="Next answer" icon="arrowDown" onClick={() => walk(1)} />
        <IconButton label="Close" icon="close" onClick={close} />
      </header>
      <div className="grid max-h-[75vh] gap-4 overflow-auto p-4">
        {sample.errorMessage !== null && <Value title="Error" value={sample.errorMessage} tone="text-broke" />}
        <Value title="Input" value={sample.input} />
        <Value title="Expected" value={sample.expectedOutput} />
        {changedVs === undefined ? (
          <Value title="Answer" value={sample.predictedOutput} />
        ) : (
          <Elsewhere sample={sample} iteration={changedVs} scale={scale} />
        )}
        {sample.feedback !== null && <Value title="Feedback" value={sample.feedback} />}
        {sample.scores !== null && <Value title="Objectives" value={sample.scores} />}
        {sample.metadata !== null && Object.keys(sample.metadata).length > 0 && <Value title="Metadata" value={sample.metadata} />}
        <p className="flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
          <span>
            latency <Duration value={sample.latencyMs} />
          </span>
          <span>
            tokens <Compact value={sample.totalTokens} />
          </span>
          <span>
            cost <Cost value={sample.costUsd} />
          </span>
          {sample.split !== null && <span className="plain-text">split {sample.split}</span>}
        </p>
      </div>
    </section>
  );
}

function Value({ title, value, tone = '' }: { title: string; value: unknown; tone?: string }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-1 text-muted text-xs">{title}</h3>
      <div className={tone}>
        <ValueView value={value} />
      </div>
    </div>
  );
}

/** The outputs of two iterations for the same example. */
function Elsewhere({ sample, iteration, scale }: { sample: OptimizationSample; iteration: number; scale: Scale }) {
  const { reference } = useRun();
  const { data } = useQuery(samplesQuery(reference, iteration));
  const isSame = (other: OptimizationSample) =>
    sample.exampleHash ? other.exampleHash === sample.exampleHash : other.sampleIndex === sample.sampleIndex;
  const other = data?.find(isSame);
  if (other === undefined) {
    return (
      <>
        <Value title="Answer" value={sample.predictedOutput} />
        {data !== undefined && <p className="text-muted text-xs">Iteration {iteration} did not evaluate this example.</p>}
      </>
    );
  }
  return (
    <div className="min-w-0">
      <h3 className="mb-1 text-muted text-xs">
        Answer, against iteration {iteration} (score {scoreWords(scale, other.score)})
      </h3>
      <DiffText before={valueText(other.predictedOutput)} after={valueText(sample.predictedOutput)} layout="side" />
    </div>
  );
}

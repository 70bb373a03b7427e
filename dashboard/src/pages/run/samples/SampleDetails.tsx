import { useQuery } from '@tanstack/react-query';
import type { OptimizationSample } from '../../../../../src/schemas/sample.js';
import { samplesQuery } from '../../../api/samples.js';
import { IconButton } from '../../../components/Button.js';
import { CopyButton } from '../../../components/CopyButton.js';
import { Compact, Cost, Duration, Score } from '../../../components/Figures.js';
import { useShortcut } from '../../../keyboard/registry.js';
import { DiffText } from '../../../program/DiffText.js';
import { PlainText } from '../../../program/PlainText.js';
import { JsonTree } from '../JsonTree.js';
import { useRun, useView } from '../useRun.js';
import { OutcomeBadge } from './OutcomeBadge.js';
import { valueText } from './sheet.js';

/** One sample whole, and what came out for its example elsewhere where the samples are held against another iteration. */
export function SampleDetails({ sample, samples }: { sample: OptimizationSample; samples: readonly OptimizationSample[] }) {
  const [{ changedVs, iteration: open }, change] = useView();
  const at = samples.indexOf(sample);
  const walk = (by: 1 | -1) => {
    const next = samples[at + by];
    if (next !== undefined) change({ sample: next.sampleIndex }, { replace: true });
  };
  const close = () => change({ sample: undefined });
  useShortcut({ key: 'Escape', does: 'Close the sample', group: 'Sample' }, close, open === undefined);
  useShortcut({ key: ']', does: 'Next sample', group: 'Sample' }, () => walk(1), open === undefined);
  useShortcut({ key: '[', does: 'Previous sample', group: 'Sample' }, () => walk(-1), open === undefined);
  return (
    <section aria-label={`Sample ${sample.sampleIndex}`} className="panel min-w-0 self-start">
      <header className="flex flex-wrap items-center gap-2 border-line border-b py-2 pr-2 pl-4">
        <h2 className="numeric font-semibold">Sample {sample.sampleIndex}</h2>
        <OutcomeBadge failed={sample.failed} />
        <span className="text-muted">
          score <Score value={sample.score} />
        </span>
        {sample.exampleId !== null && <span className="plain-text truncate text-muted">{sample.exampleId}</span>}
        <span className="flex-1" />
        <CopyButton small label="Copy the sample as JSON" text={() => JSON.stringify(sample, null, 2)} />
        <IconButton label="Previous sample" icon="arrowUp" onClick={() => walk(-1)} />
        <IconButton label="Next sample" icon="arrowDown" onClick={() => walk(1)} />
        <IconButton label="Close" icon="close" onClick={close} />
      </header>
      <div className="grid max-h-[75vh] gap-4 overflow-auto p-4">
        {sample.errorMessage !== null && <Value title="Error" value={sample.errorMessage} tone="text-bad" />}
        <Value title="Input" value={sample.input} />
        <Value title="Expected" value={sample.expectedOutput} />
        {changedVs === undefined ? (
          <Value title="Predicted" value={sample.predictedOutput} />
        ) : (
          <Elsewhere sample={sample} iteration={changedVs} />
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
  const isText = typeof value !== 'object' || value === null;
  return (
    <div className="min-w-0">
      <h3 className="mb-1 font-semibold text-muted text-xs">{title}</h3>
      <div className={`font-mono text-xs ${tone}`}>
        {value === null ? (
          <span className="text-faint">none</span>
        ) : isText ? (
          <PlainText text={String(value)} />
        ) : (
          <JsonTree value={value} />
        )}
      </div>
    </div>
  );
}

/** The outputs of two iterations for the same example. */
function Elsewhere({ sample, iteration }: { sample: OptimizationSample; iteration: number }) {
  const { reference } = useRun();
  const { data } = useQuery(samplesQuery(reference, iteration));
  const isSame = (other: OptimizationSample) =>
    sample.exampleHash ? other.exampleHash === sample.exampleHash : other.sampleIndex === sample.sampleIndex;
  const other = data?.find(isSame);
  if (other === undefined) {
    return (
      <>
        <Value title="Predicted" value={sample.predictedOutput} />
        {data !== undefined && <p className="text-muted text-xs">Iteration {iteration} did not evaluate this example.</p>}
      </>
    );
  }
  return (
    <div className="min-w-0">
      <h3 className="mb-1 font-semibold text-muted text-xs">
        Predicted, against iteration {iteration} (score <Score value={other.score} />)
      </h3>
      <DiffText before={valueText(other.predictedOutput)} after={valueText(sample.predictedOutput)} layout="side" />
    </div>
  );
}

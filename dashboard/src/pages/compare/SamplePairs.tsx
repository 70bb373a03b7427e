import { useState } from 'react';
import type { JsonValue } from '../../../../src/schemas/json.js';
import { Badge } from '../../components/Badge.js';
import { Delta, Score } from '../../components/Figures.js';
import { Icon } from '../../components/Icon.js';
import { DiffText } from '../../program/DiffText.js';
import type { SamplePair } from './pairs.js';

const OUTCOMES = {
  improved: { tone: 'fixed', icon: 'arrowUp' },
  regressed: { tone: 'broke', icon: 'arrowDown' },
  same: { tone: 'neutral', icon: 'dash' },
} as const;

const asText = (value: unknown): string => (typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value, null, 2));

/** What a value says in one line: the text of an object with one field, else its JSON. */
function inLine(value: JsonValue | null): string {
  const fields = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.values(value) : [];
  const text = fields.length === 1 ? fields[0] : value;
  return (typeof text === 'string' ? text : JSON.stringify(text)).slice(0, 300);
}

const COLUMNS = 'grid grid-cols-[24px_minmax(0,1fr)_104px] items-center gap-x-3 sm:grid-cols-[24px_minmax(0,1fr)_104px_72px_72px_72px]';

/** Each example in a line, which opens to both outputs and what differs in them. */
export function SamplePairs({ pairs }: { pairs: readonly SamplePair[] }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <div className="panel overflow-hidden">
      <div aria-hidden="true" className={`${COLUMNS} h-8 border-line border-b px-3 font-medium text-muted text-xs`}>
        <span />
        <span>Example</span>
        <span>Outcome</span>
        <span className="hidden text-right sm:block">From</span>
        <span className="hidden text-right sm:block">To</span>
        <span className="hidden text-right sm:block">Gain</span>
      </div>
      <ul aria-label="Samples">
        {pairs.map((pair) => (
          <li key={pair.key} className="border-line border-b last:border-b-0">
            <button
              type="button"
              aria-expanded={open === pair.key}
              onClick={() => setOpen(open === pair.key ? null : pair.key)}
              className={`${COLUMNS} min-h-9 w-full px-3 text-left hover:bg-hover focus-visible:outline-offset-[-2px]`}
            >
              <Icon name={open === pair.key ? 'chevronDown' : 'chevronRight'} className="text-faint" />
              <span className="plain-text truncate">
                {pair.to.exampleId && <span className="mr-2 text-muted">{pair.to.exampleId}</span>}
                {inLine(pair.to.input)}
              </span>
              <span>
                <Badge {...OUTCOMES[pair.outcome]}>{pair.outcome}</Badge>
              </span>
              <span className="hidden text-right sm:block">
                <Score value={pair.from.score} />
              </span>
              <span className="hidden text-right sm:block">
                <Score value={pair.to.score} />
              </span>
              <span className="hidden text-right sm:block">
                <Delta value={pair.gain} />
              </span>
            </button>
            {open === pair.key && <Both pair={pair} />}
          </li>
        ))}
      </ul>
      {pairs.length === 0 && <p className="p-6 text-center text-muted">No sample is of this kind.</p>}
    </div>
  );
}

function Block({ title, text }: { title: string; text: string }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-1 font-medium text-muted text-xs">{title}</h3>
      <pre className="max-h-64 overflow-auto whitespace-pre-wrap break-words rounded-md bg-canvas p-2 font-mono text-xs">{text || '–'}</pre>
    </div>
  );
}

function Both({ pair: { from, to } }: { pair: SamplePair }) {
  const before = asText(from.predictedOutput) || (from.errorMessage ?? '');
  const after = asText(to.predictedOutput) || (to.errorMessage ?? '');
  return (
    <div className="grid grid-cols-1 gap-3 border-line border-t bg-surface p-3 sm:grid-cols-2 sm:pl-12">
      <Block title="Input" text={asText(to.input)} />
      <Block title="Expected" text={asText(to.expectedOutput)} />
      <Block title="Output, from" text={before} />
      <Block title="Output, to" text={after} />
      <div className="min-w-0 sm:col-span-2">
        <h3 className="mb-1 font-medium text-muted text-xs">What differs in the output</h3>
        <div className="max-h-64 overflow-auto rounded-md bg-canvas p-2">
          <DiffText before={before} after={after} />
        </div>
      </div>
      {(from.feedback || to.feedback) && <Block title="Feedback, to" text={to.feedback ?? ''} />}
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { bestQuery } from '../../api/runs.js';
import { CopyButton } from '../../components/CopyButton.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/States.js';
import { programText, promptPairs } from '../../model/prompt.js';
import { DiffText } from '../../program/DiffText.js';
import { type Pair, PairPicker } from './PairPicker.js';
import type { CompareView } from './search.js';

interface PromptComparisonProps {
  runs: readonly OptimizationRun[];
  pair: Pair;
  onChange: (changes: Partial<CompareView>) => void;
}

const useBest = (run: OptimizationRun | undefined) =>
  useQuery({ ...bestQuery({ runId: run?.id ?? '', projectId: run?.projectId }), enabled: run !== undefined });

/** The winning prompts of two runs, text by text. */
export function PromptComparison({ runs, pair, onChange }: PromptComparisonProps) {
  const from = useBest(pair.from);
  const to = useBest(pair.to);
  const error = from.error ?? to.error;
  if (error) return <ErrorState error={error} />;
  if (from.data === undefined || to.data === undefined) return <Skeleton label="Loading prompts" />;
  const pairs = promptPairs(from.data?.program, to.data?.program);
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <PairPicker runs={runs} pair={pair} onChange={onChange} />
        <CopyButton label="Copy the second prompt" text={() => programText(to.data?.program ?? null).text} />
      </div>
      {pairs.length === 0 && <EmptyState title="Neither winner has a prompt">The runs were recorded without their programs.</EmptyState>}
      {pairs.map(({ title, before, after }) => (
        <section key={title} className="panel min-w-0">
          <h2 className="plain-text border-line border-b px-4 py-2 font-medium">{title}</h2>
          <div className="max-h-[70vh] overflow-auto p-4">
            <DiffText before={before ?? ''} after={after ?? ''} />
          </div>
        </section>
      ))}
    </div>
  );
}

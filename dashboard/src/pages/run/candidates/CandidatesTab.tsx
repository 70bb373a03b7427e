import { lazy, Suspense, useDeferredValue, useMemo } from 'react';
import { Button } from '../../../components/Button.js';
import { Skeleton } from '../../../components/States.js';
import { count } from '../../../format/number.js';
import { type CandidateTree, candidateTree } from '../../../model/candidate-tree.js';
import { useRun, useView } from '../useRun.js';
import { CandidateList } from './CandidateList.js';

const CandidateGraph = lazy(() => import('./CandidateGraph.js').then(({ CandidateGraph: Graph }) => ({ default: Graph })));

/** More than this take seconds to lay out, and nobody finds anything in the picture. */
const MOST_DRAWN = 600;

export function CandidatesTab() {
  const { run, iterations } = useRun();
  const [{ as }, change] = useView();
  // A live run grows faster than its tree can be laid out.
  const settled = useDeferredValue(iterations);
  const tree = useMemo(() => candidateTree(settled, run), [settled, run]);
  const isTooLarge = tree.nodes.length > MOST_DRAWN;
  const isList = as === 'list' || isTooLarge;
  const summary = summaryOf(tree);
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <p className="text-muted">{summary}</p>
        <span className="flex-1" />
        {isTooLarge ? (
          <p className="text-muted text-xs">Too many to draw: they are listed.</p>
        ) : (
          <Button icon={isList ? 'chart' : 'table'} aria-pressed={isList} onClick={() => change({ as: isList ? undefined : 'list' })}>
            {isList ? 'Show as tree' : 'Show as list'}
          </Button>
        )}
      </div>
      {isList ? (
        <CandidateList {...tree} />
      ) : (
        <Suspense fallback={<Skeleton label="Laying out the tree" />}>
          <CandidateGraph tree={tree} summary={summary} />
        </Suspense>
      )}
    </div>
  );
}

function summaryOf({ nodes, merges }: CandidateTree): string {
  const accepted = nodes.filter(({ role }) => role === 'accepted' || role === 'best').length;
  const rejected = nodes.filter(({ role }) => role === 'rejected').length;
  const parts = [
    `${count(nodes.length)} candidate${nodes.length === 1 ? '' : 's'}`,
    merges > 0 ? `${count(merges)} made by merging two others` : '',
    accepted > 0 ? `${count(accepted)} accepted` : '',
    rejected > 0 ? `${count(rejected)} rejected` : '',
  ];
  return `${parts.filter((part) => part !== '').join(', ')}.`;
}

import { useDeferredValue, useMemo } from 'react';
import { Segmented } from '../../../components/Segmented.js';
import { EmptyState } from '../../../components/States.js';
import { count } from '../../../format/number.js';
import { type CandidateTree, candidateTree } from '../../../model/candidate-tree.js';
import { words } from '../../../strings.js';
import { Card } from '../Card.js';
import { axisFor } from '../overview/TrailCard.js';
import { TrailLegend } from '../overview/TrailLegend.js';
import { useTold } from '../story.js';
import { useRun, useView } from '../useRun.js';
import { CandidateList } from './CandidateList.js';
import { CandidateMap } from './CandidateMap.js';
import { CandidatePanel } from './CandidatePanel.js';

/** The candidates as a map from the seed to the winner, and as a table of all, rejected ones too. */
export function CandidatesTab() {
  const { run, iterations } = useRun();
  const { story } = useTold();
  const [{ as, axis: wanted, step }, change] = useView();
  // A live run grows faster than its table can be laid out.
  const settled = useDeferredValue(iterations);
  const tree = useMemo(() => candidateTree(settled, run), [settled, run]);
  const isList = as === 'list';
  const { axis, axes } = axisFor(story, wanted);
  const selected = story.candidates.find(({ iteration }) => iteration === step) ?? story.winner ?? story.candidates.at(-1);
  const controls = (
    <>
      <Segmented
        label="Shown as"
        choices={[
          { id: 'map', label: 'Map' },
          { id: 'list', label: 'Table' },
        ]}
        value={isList ? 'list' : 'map'}
        onChange={(next) => change({ as: next === 'list' ? 'list' : undefined })}
      />
      {!isList && axes.length > 1 && (
        <Segmented
          label="Axis"
          choices={axes.map((id) => ({ id, label: words.axis[id] }))}
          value={axis}
          onChange={(next) => change({ axis: next }, { replace: true })}
        />
      )}
    </>
  );
  if (isList) {
    return (
      <div className="grid grid-cols-1 gap-3">
        <div className="flex flex-wrap items-center gap-3">
          <p className="text-muted">{summaryOf(tree)}</p>
          <span className="ml-auto flex gap-2">{controls}</span>
        </div>
        <CandidateList nodes={tree.nodes} scale={story.scale} />
      </div>
    );
  }
  if (selected === undefined) {
    return (
      <div className="grid gap-3">
        <span className="ml-auto flex gap-2">{controls}</span>
        <EmptyState title="No full evaluation yet">
          The map shows candidates that were evaluated in full. The table lists all of them.
        </EmptyState>
      </div>
    );
  }
  const rings = story.examples.length > 0 ? `each ring is ${story.examples.length} ${story.unit}; ` : '';
  return (
    <div className="grid grid-cols-1 gap-4 xl:grid-cols-12">
      <Card
        className="xl:col-span-8"
        title={words.plural(story.candidates.length, 'candidate')}
        sub={`${rings}the thick line leads from the seed to the winner`}
        aside={controls}
      >
        <CandidateMap
          story={story}
          axis={axis}
          selected={selected}
          onSelect={({ iteration }) => change({ step: iteration }, { replace: true })}
          summary={summaryOf(tree)}
        />
        <TrailLegend story={story} note="arrow keys: along the line" />
      </Card>
      <CandidatePanel candidate={selected} className="xl:col-span-4" />
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

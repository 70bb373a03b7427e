import { useMemo, useState } from 'react';
import { IconButton } from '../../../components/Button.js';
import { DataTable } from '../../../components/DataTable.js';
import { Segmented } from '../../../components/Segmented.js';
import { useMedia } from '../../../components/useMedia.js';
import { useSize } from '../../../marks/useWidth.js';
import { tallyOf } from '../../../story/outcome.js';
import { scoreWords } from '../../../story/scale.js';
import { type Axis, axesOf, tickWords } from '../../../story/spend.js';
import type { Story, StoryCandidate } from '../../../story/story.js';
import { words } from '../../../strings.js';
import { Card } from '../Card.js';
import { useTold } from '../story.js';
import { useRun, useView } from '../useRun.js';
import { TrailChart } from './TrailChart.js';
import { TrailLegend } from './TrailLegend.js';
import { layTrail } from './trail-layout.js';

/** The axis to draw on: the one asked for, else cost, else the first that was recorded. */
export function axisFor(story: Story, wanted: Axis | undefined): { axis: Axis; axes: readonly Axis[] } {
  const axes = axesOf(story.candidates.map(({ spent }) => spent));
  return { axis: axes.find((each) => each === wanted) ?? axes.find((each) => each === 'cost') ?? axes[0] ?? 'time', axes };
}

export function TrailCard({ selected, onSelect }: { selected: StoryCandidate | undefined; onSelect: (candidate: StoryCandidate) => void }) {
  const { run } = useRun();
  const { story, hindsight } = useTold();
  const [{ axis: wanted }, change] = useView();
  const [asTable, setTable] = useState(false);
  const [place, { width, height: room }] = useSize();
  const isWide = useMedia('(min-width: 720px)');
  const { axis, axes } = axisFor(story, wanted);
  const least = isWide ? 340 : 260;
  // A tall card beside it leaves more room.
  const height = Math.max(least, Math.min(room, 460));
  const layout = useMemo(() => (width === 0 ? null : layTrail(story, axis, width, height)), [story, axis, width, height]);
  const enough = hindsight?.enough ? story.candidateOf.get(hindsight.enough.iteration) : undefined;
  const summary = summaryOf(story, run.iterations);
  const unit = story.examples.length > 0 ? `, each ring one prompt on all ${story.examples.length} ${story.unit}` : '';
  return (
    <Card
      title={words.trail.title}
      sub={`best ${story.scale.metric} so far${unit}`}
      aside={
        <>
          {axes.length > 1 && (
            <Segmented
              label="Axis"
              choices={axes.map((id) => ({ id, label: words.axis[id] }))}
              value={axis}
              onChange={(next) => change({ axis: next }, { replace: true })}
            />
          )}
          <IconButton
            label={asTable ? 'Show as chart' : 'Show as table'}
            icon={asTable ? 'chart' : 'table'}
            aria-pressed={asTable}
            onClick={() => setTable(!asTable)}
          />
        </>
      }
    >
      <p className="sr-only" data-testid="trail-summary">
        {summary}
      </p>
      <div ref={place} className="relative mx-4 mt-1 flex-1 [&>svg]:absolute [&>svg]:inset-x-0 [&>svg]:top-0" style={{ minHeight: least }}>
        {asTable ? (
          <TrailTable story={story} axis={axis} height={height} />
        ) : (
          layout && (
            <TrailChart
              {...{ story, layout, axis, selected, onSelect }}
              label={`${words.trail.title}. ${summary}`}
              enough={enough !== story.winner ? enough : undefined}
              onOpen={(candidate) => change({ iteration: candidate.iteration })}
            />
          )
        )}
      </div>
      <TrailLegend story={story} />
    </Card>
  );
}

function TrailTable({ story, axis, height }: { story: Story; axis: Axis; height: number }) {
  const [, change] = useView();
  const rows = story.candidates.map((candidate) => ({ candidate, tally: tallyOf(story, candidate) }));
  type Row = (typeof rows)[number];
  return (
    <div className="-mx-4 overflow-y-auto" style={{ maxHeight: height }}>
      <DataTable
        caption={words.trail.title}
        rows={rows}
        rowKey={({ candidate }) => candidate.iteration}
        onOpen={({ candidate }) => change({ iteration: candidate.iteration })}
        columns={[
          {
            id: 'id',
            header: 'Candidate',
            cell: ({ candidate }: Row) => `#${candidate.iteration}`,
            value: ({ candidate }: Row) => candidate.iteration,
          },
          {
            id: 'score',
            header: 'Score',
            align: 'right',
            cell: ({ candidate }: Row) => scoreWords(story.scale, candidate.score),
            value: ({ candidate }: Row) => candidate.score,
          },
          { id: 'fixed', header: 'Fixed', align: 'right', cell: ({ tally }: Row) => tally.fixed, value: ({ tally }: Row) => tally.fixed },
          { id: 'broke', header: 'Broke', align: 'right', cell: ({ tally }: Row) => tally.broke, value: ({ tally }: Row) => tally.broke },
          {
            id: 'spent',
            header: words.axis[axis],
            align: 'right',
            cell: ({ candidate }: Row) => (candidate.spent[axis] === null ? '–' : tickWords(axis, candidate.spent[axis])),
            value: ({ candidate }: Row) => candidate.spent[axis],
          },
        ]}
      />
    </div>
  );
}

function summaryOf({ candidates, winner, baseline, scale }: Story, iterations: number): string {
  const count = words.plural(iterations, 'iteration');
  const lower = scale.sign < 0 ? ', lower is better' : '';
  const reached =
    winner === null ? 'no completed full evaluation yet' : `best ${scoreWords(scale, winner.score)} at #${winner.iteration}${lower}`;
  const began = baseline === null ? '' : `; began at ${scoreWords(scale, baseline.score)}`;
  return `${count}, ${words.plural(candidates.length, 'candidate')}; ${reached}${began}.`;
}

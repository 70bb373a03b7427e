import { useMemo } from 'react';
import { IconButton } from '../../../components/Button.js';
import { FilterChip } from '../../../components/FilterChip.js';
import { EmptyState, ErrorState, Skeleton } from '../../../components/States.js';
import { downloadCsv } from '../../../export/csv.js';
import { count } from '../../../format/number.js';
import { valueText } from '../../../format/values.js';
import { hasLabels } from '../../../story/failures.js';
import { type MatrixRows, matrixLines, type StoryMatrix } from '../../../story/matrix-lines.js';
import type { StoryGroup } from '../../../story/outcome.js';
import { levelOf } from '../../../story/scale.js';
import { exampleText } from '../overview/EditCard.js';
import { useTold } from '../story.js';
import { useRun, useView } from '../useRun.js';
import { ExamplePanel } from './ExamplePanel.js';
import { GROUP_WORDS } from './group-words.js';
import { MatrixGrid } from './MatrixGrid.js';
import { MatrixTable } from './MatrixTable.js';

/** How each example came out for each candidate. */
export function MatrixTab() {
  const { story, matrixError, retryMatrix } = useTold();
  const [{ as }] = useView();
  if (matrixError !== null) return <ErrorState error={matrixError} retry={retryMatrix} title="Could not read the matrix" />;
  if (as === 'list') return <MatrixTable />;
  if (story.candidates.length === 0)
    return <EmptyState title="No full evaluation yet">Minibatches are in the table of all iterations.</EmptyState>;
  if (story.examples.length === 0) return <Skeleton label="Loading the matrix" />;
  return <Matrix />;
}

function Matrix() {
  const { run } = useRun();
  const { story, answers } = useTold();
  const [{ rows = 'all', example }, change] = useView();
  const matrix = useMemo(() => matrixLines(story, rows), [story, rows]);
  const isLabelled = useMemo(() => hasLabels(answers.winner.values()), [answers.winner]);
  const spine = useMemo(() => new Set(story.spine), [story.spine]);
  const summary = `${count(matrix.shown)}${matrix.shown === story.examples.length ? '' : ` of ${count(story.examples.length)}`} ${story.unit}, ${count(matrix.columns.length)} candidates`;
  const isOpen = example !== undefined;
  return (
    <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-12">
      <section aria-label="Matrix" className={`panel min-w-0 overflow-hidden ${isOpen ? 'xl:col-span-8' : 'xl:col-span-12'}`}>
        <header className="flex flex-wrap items-center gap-2 px-4 pt-3 pb-1">
          <Filters matrix={matrix} />
          <p className="numeric ml-auto text-faint text-xs" role="status">
            {summary}
          </p>
          <IconButton label="Show as table, with all iterations" icon="table" onClick={() => change({ as: 'list' })} />
          <IconButton label="CSV" icon="download" onClick={() => downloadCsv(`${run.runName}-matrix`, ...matrixSheet(matrix))} />
        </header>
        {matrix.shown === 0 ? (
          <EmptyState title="No example is like that">Choose All to see every example.</EmptyState>
        ) : (
          <MatrixGrid
            matrix={matrix}
            label={`Outcomes of ${summary}. Arrow keys move from cell to cell, Enter opens the example.`}
            winner={story.winner}
            spine={spine}
            open={example}
            levelOf={({ score }) => levelOf(story.scale, score) ?? 0.5}
            titleOf={({ group }) => GROUP_WORDS[group]}
            textOf={({ key }) => ({
              text: exampleText(story, answers, key),
              label: isLabelled ? valueText(answers.winner.get(key)?.expectedOutput).slice(0, 24).toWellFormed() : '',
            })}
            onOpen={(key) => change({ example: key })}
          />
        )}
      </section>
      {isOpen && <ExamplePanel exampleKey={example} className="xl:col-span-4" />}
    </div>
  );
}

const FILTERS: readonly { rows: MatrixRows; label: string; groups: readonly StoryGroup[]; mark?: string }[] = [
  { rows: 'fixed', label: 'Fixed', groups: ['fixed'], mark: 'bg-fixed-fill' },
  { rows: 'broken', label: 'Broke', groups: ['broken'], mark: 'bg-broke-fill' },
  { rows: 'never', label: 'Never solved', groups: ['never'], mark: 'bg-track' },
  { rows: 'wrong', label: 'Still wrong', groups: ['broken', 'never', 'lost'] },
];

function Filters({ matrix }: { matrix: StoryMatrix }) {
  const { story } = useTold();
  const [{ rows = 'all' }, change] = useView();
  return (
    <fieldset className="flex flex-wrap items-center gap-1.5">
      <legend className="sr-only">Which examples</legend>
      <FilterChip isOn={rows === 'all'} onClick={() => change({ rows: undefined })}>
        All {count(story.examples.length)}
      </FilterChip>
      {FILTERS.map(({ rows: each, label, groups, mark }) => (
        <FilterChip
          key={each}
          isOn={rows === each}
          onClick={() => change({ rows: rows === each ? undefined : each })}
          {...(mark === undefined ? {} : { mark })}
        >
          {label} {groups.reduce((sum, group) => sum + matrix.counts[group], 0)}
        </FilterChip>
      ))}
    </fieldset>
  );
}

function matrixSheet({ columns, lines }: StoryMatrix): [header: readonly string[], rows: readonly (readonly (string | number | null)[])[]] {
  return [
    ['example', 'group', ...columns.map(({ iteration }) => String(iteration))],
    lines.flatMap((line) =>
      line.kind === 'heading' ? [] : [[line.label, groupOf(lines, line), ...columns.map(({ values }) => values[line.example] ?? null)]],
    ),
  ];
}

function groupOf(lines: StoryMatrix['lines'], line: StoryMatrix['lines'][number]): string {
  const heading = lines.slice(0, lines.indexOf(line)).findLast(({ kind }) => kind === 'heading');
  return heading?.kind === 'heading' ? GROUP_WORDS[heading.group] : '';
}

import { Fragment, useMemo } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { IconButton } from '../../components/Button.js';
import { Delta } from '../../components/Figures.js';
import { Icon } from '../../components/Icon.js';
import { downloadCsv } from '../../export/csv.js';
import { exact, NONE } from '../../format/number.js';
import { bestOf, differs, type Field, fieldsOf } from './fields.js';
import { Letter } from './RunKeys.js';

interface FieldTableProps {
  runs: readonly OptimizationRun[];
  /** Also what all of them have in common. */
  all: boolean;
  onAll: (all: boolean) => void;
}

/** What sets the runs apart: a row a field, a column a run, with the difference from the first. */
export function FieldTable({ runs, all, onAll }: FieldTableProps) {
  const fields = useMemo(() => fieldsOf(runs), [runs]);
  const shown = all ? fields : fields.filter(differs);
  const groups = Map.groupBy(shown, ({ group }) => group);
  const save = () =>
    downloadCsv(
      'compare',
      ['Field', ...runs.map(({ runName }) => runName)],
      shown.map(({ name, values }) => [name, ...values]),
    );
  return (
    <section aria-labelledby="fields" className="panel min-w-0">
      <header className="flex flex-wrap items-center gap-3 px-4 py-2">
        <h2 id="fields" className="font-semibold text-sm">
          What differs
        </h2>
        <label className="ml-auto flex items-center gap-2 text-muted text-xs">
          <input type="checkbox" checked={all} onChange={(event) => onAll(event.target.checked)} className="check" />
          Show what is alike too ({fields.length - fields.filter(differs).length})
        </label>
        <IconButton label="Export as CSV" icon="download" onClick={save} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section aria-label="Fields of the runs" tabIndex={0} className="relative overflow-x-auto">
        <table className="w-full border-collapse">
          <thead>
            <tr className="border-line border-y text-muted text-xs">
              <th scope="col" className="sticky left-0 z-10 h-8 bg-surface px-4 text-left font-medium">
                Field
              </th>
              {runs.map((run, index) => (
                <th key={run.id} scope="col" className="min-w-32 px-3 font-medium">
                  <span className="flex items-center justify-end gap-1.5" title={run.runName}>
                    <Letter index={index} />
                    <span className="plain-text max-w-44 truncate">{run.runName}</span>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...groups].map(([group, rows]) => (
              <Fragment key={group}>
                <tr className="border-line border-b bg-canvas">
                  <th scope="colgroup" colSpan={runs.length + 1} className="h-7 px-4 text-left font-medium text-muted text-xs">
                    {group}
                  </th>
                </tr>
                {rows.map((field) => (
                  <FieldRow key={field.name} field={field} />
                ))}
              </Fragment>
            ))}
          </tbody>
        </table>
      </section>
      {shown.length === 0 && <p className="p-4 text-muted">Nothing differs.</p>}
    </section>
  );
}

function FieldRow({ field }: { field: Field }) {
  const { name, values, better, show } = field;
  const best = bestOf(field);
  const [first] = values;
  return (
    <tr className="border-line border-b last:border-b-0 hover:bg-hover">
      <th
        scope="row"
        className="sticky left-0 z-10 h-8 max-w-40 truncate bg-surface px-4 text-left font-normal text-muted sm:max-w-72"
        title={name}
      >
        {name}
      </th>
      {values.map((value, index) => {
        const difference =
          index > 0 && better !== undefined && typeof value === 'number' && typeof first === 'number' ? value - first : null;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a place is what its run has
          <td key={index} className="h-8 whitespace-nowrap px-3 text-right">
            <span className="flex items-center justify-end gap-2">
              {difference !== null && difference !== 0 && (
                <span className="text-xs">
                  <Delta value={difference} better={better ?? 'more'} {...(show === undefined ? {} : { text: show })} />
                </span>
              )}
              {best.has(index) && (
                <span className="text-fixed">
                  <Icon name="star" className="size-3.5!" />
                  <span className="sr-only">best</span>
                </span>
              )}
              <Value value={value} show={show} strong={best.has(index)} />
            </span>
          </td>
        );
      })}
    </tr>
  );
}

function Value({ value, show, strong }: { value: Field['values'][number]; show: Field['show']; strong: boolean }) {
  if (value === null) return <span className="text-faint">{NONE}</span>;
  const text = typeof value === 'number' && show ? show(value) : String(value);
  const whole = typeof value === 'number' ? exact(value) : String(value);
  return (
    <span title={whole} className={`numeric plain-text inline-block max-w-56 truncate align-bottom ${strong ? 'font-semibold' : ''}`}>
      {text}
    </span>
  );
}

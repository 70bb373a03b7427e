import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { Button } from '../../components/Button.js';
import { Icon } from '../../components/Icon.js';
import { Popover } from '../../components/Popover.js';
import { StatusWord } from '../../components/StatusDot.js';
import { optimizerName } from '../../format/names.js';
import { useShortcut } from '../../keyboard/registry.js';
import { activeFilters, NO_FILTERS } from './filters.js';
import { type RunsView, STATUSES } from './search.js';

interface FilterBarProps {
  view: RunsView;
  /** Runs that are loaded: their values are suggested. */
  runs: readonly OptimizationRun[];
  onChange: (changes: Partial<RunsView>) => void;
  children: ReactNode;
}

const TYPING_MS = 250;

export function FilterBar({ view, runs, onChange, children }: FilterBarProps) {
  const optimizers = [...new Set([...(view.optimizer ?? []), ...runs.map((run) => run.optimizerType)])].sort();
  return (
    <div className="gutter grid grid-cols-1 gap-2 pt-1 pb-3">
      <div className="flex flex-wrap items-center gap-2">
        <NameSearch value={view.q ?? ''} onChange={(q) => onChange({ q: q === '' ? undefined : q })} />
        <Choices
          label="Status"
          values={STATUSES}
          chosen={view.status ?? []}
          onChange={(status) => onChange({ status })}
          show={(status) => <StatusWord status={status} />}
        />
        <Choices
          label="Optimizer"
          values={optimizers}
          chosen={view.optimizer ?? []}
          onChange={(optimizer) => onChange({ optimizer })}
          show={optimizerName}
        />
        <Popover isChip label="Score" isOn={view.min !== undefined || view.max !== undefined}>
          {() => <ScoreFilter view={view} onChange={onChange} />}
        </Popover>
        <Popover isChip label="More" name="More filters" icon="filter">
          {() => <MoreFilters view={view} runs={runs} onChange={onChange} />}
        </Popover>
        <div className="ml-auto flex items-center gap-1">{children}</div>
      </div>
      <ActiveFilters view={view} onChange={onChange} />
    </div>
  );
}

/** Final scores between two numbers, in the runs' own scale. */
function ScoreFilter({ view, onChange }: Pick<FilterBarProps, 'view' | 'onChange'>) {
  return (
    <div className="grid w-56 gap-3 p-2">
      {(['min', 'max'] as const).map((key) => (
        <label key={key} className="grid grid-cols-1 gap-1">
          <span className="text-muted text-xs">{key === 'min' ? 'Final score from' : 'Final score to'}</span>
          <input
            type="number"
            step="any"
            defaultValue={view[key]}
            onBlur={({ target }) => onChange({ [key]: target.value === '' ? undefined : target.value })}
            onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
            className="field"
          />
        </label>
      ))}
    </div>
  );
}

function NameSearch({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useShortcut({ key: '/', does: 'Filter by name', group: 'Runs' }, () => input.current?.focus());
  // The address may change by itself: by the back button, or by a filter that is taken away.
  useEffect(() => setTyped(value), [value]);
  const type = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(text.trim()), TYPING_MS);
  };
  return (
    <label className="relative min-w-36 flex-1 sm:max-w-64">
      <span className="sr-only">Filter by name</span>
      <Icon name="search" className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-2.5 text-faint" />
      <input
        ref={input}
        type="search"
        value={typed}
        onChange={(event) => type(event.target.value)}
        placeholder="Filter by name"
        className="field h-7! w-full rounded-full! pl-8!"
      />
    </label>
  );
}

interface ChoicesProps<T extends string> {
  label: string;
  values: readonly T[];
  chosen: readonly T[];
  onChange: (chosen: T[] | undefined) => void;
  show?: (value: T) => ReactNode;
}

function Choices<T extends string>({ label, values, chosen, onChange, show }: ChoicesProps<T>) {
  const toggle = (value: T) => {
    const next = chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
    onChange(next.length === 0 ? undefined : next);
  };
  return (
    <Popover isChip isOn={chosen.length > 0} label={chosen.length === 0 ? label : `${label}: ${chosen.length}`}>
      {() => (
        <fieldset>
          <legend className="sr-only">{label}</legend>
          {values.length === 0 && <p className="p-2 text-muted">None yet</p>}
          {values.map((value) => (
            <label key={value} className="flex h-8 items-center gap-2 rounded px-2 hover:bg-hover">
              <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} className="check" />
              {show ? show(value) : value}
            </label>
          ))}
        </fieldset>
      )}
    </Popover>
  );
}

function MoreFilters({ view, runs, onChange }: Omit<FilterBarProps, 'children'>) {
  const known = (pick: (run: OptimizationRun) => string | null) => [...new Set(runs.map(pick))].filter((value) => value !== null).sort();
  return (
    <div className="grid w-64 gap-3 p-2">
      <Suggested label="Model" value={view.model} values={known((run) => run.model)} onChange={(model) => onChange({ model })} />
      <Suggested label="Metric" value={view.metric} values={known((run) => run.metric)} onChange={(metric) => onChange({ metric })} />
      <Suggested
        label="Tag"
        value={view.tag?.[0]}
        values={[...new Set(runs.flatMap(({ tags }) => tags))].sort()}
        onChange={(tag) => onChange({ tag: tag === undefined ? undefined : [tag, ...(view.tag ?? []).slice(1)] })}
      />
      {(['after', 'before'] as const).map((key) => (
        <label key={key} className="grid grid-cols-1 gap-1">
          <span className="text-muted text-xs">{key === 'after' ? 'Created from' : 'Created to'}</span>
          <input
            type="date"
            value={view[key] ?? ''}
            onChange={(event) => onChange({ [key]: event.target.value || undefined })}
            className="field"
          />
        </label>
      ))}
    </div>
  );
}

interface SuggestedProps {
  label: string;
  value: string | undefined;
  values: readonly string[];
  onChange: (value: string | undefined) => void;
}

function Suggested({ label, value = '', values, onChange }: SuggestedProps) {
  const list = useId();
  const [typed, setTyped] = useState(value);
  const done = () => typed.trim() !== value && onChange(typed.trim() || undefined);
  return (
    <label className="grid grid-cols-1 gap-1">
      <span className="text-muted text-xs">{label}</span>
      <input
        list={list}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => event.key === 'Enter' && done()}
        className="field"
      />
      <datalist id={list}>
        {values.map((known) => (
          <option key={known} value={known} />
        ))}
      </datalist>
    </label>
  );
}

function ActiveFilters({ view, onChange }: Pick<FilterBarProps, 'view' | 'onChange'>) {
  const active = activeFilters(view);
  if (active.length === 0) return null;
  return (
    <ul aria-label="Filters" className="flex flex-wrap items-center gap-1.5">
      {active.map(({ label, value, without }) => (
        <li key={`${label} ${value}`} className="inline-flex h-6 items-center gap-1 rounded-full bg-sunk pr-0.5 pl-2.5 text-ink text-xs">
          {label}: {value}
          <button
            type="button"
            aria-label={`Remove ${label}: ${value}`}
            onClick={() => onChange(without)}
            className="grid size-5 place-items-center rounded-full hover:bg-surface"
          >
            <Icon name="close" className="size-3!" />
          </button>
        </li>
      ))}
      <li>
        <Button look="ghost" className="h-6!" onClick={() => onChange(NO_FILTERS)}>
          Clear all
        </Button>
      </li>
    </ul>
  );
}

import type { Brush, ParallelAxis } from '../../../model/parallel.js';

/** The same brush by keyboard: the ends of each axis's span. */
export function Spans({ axes, brush, onChange }: { axes: readonly ParallelAxis[]; brush: Brush; onChange: (brush: Brush) => void }) {
  const set = (key: string, low: number, high: number) => onChange({ ...brush, [key]: [low, high] });
  return (
    <details className="panel px-4 py-2">
      <summary className="w-fit font-medium">Spans by number</summary>
      <div className="mt-2 grid gap-2 sm:grid-cols-2 xl:grid-cols-3">
        {axes.map((axis) => {
          const [least, most] = axis.kind === 'numeric' ? [axis.min, axis.max] : [0, axis.categories.length - 1];
          const [low, high] = (Object.hasOwn(brush, axis.key) ? brush[axis.key] : undefined) ?? [least, most];
          return (
            <fieldset key={axis.key} className="flex min-w-0 items-center gap-2">
              <legend className="plain-text float-left mr-2 max-w-40 truncate text-muted text-xs">{axis.key}</legend>
              <End axis={axis} label={`Least ${axis.key}`} value={low} onChange={(value) => set(axis.key, value, high)} />
              <span className="text-muted">to</span>
              <End axis={axis} label={`Most ${axis.key}`} value={high} onChange={(value) => set(axis.key, low, value)} />
            </fieldset>
          );
        })}
      </div>
    </details>
  );
}

function End({ axis, label, value, onChange }: { axis: ParallelAxis; label: string; value: number; onChange: (value: number) => void }) {
  if (axis.kind === 'numeric') {
    return (
      <input
        type="number"
        step="any"
        aria-label={label}
        value={value}
        onChange={(event) => Number.isFinite(event.target.valueAsNumber) && onChange(event.target.valueAsNumber)}
        className="field numeric w-24"
      />
    );
  }
  return (
    <select aria-label={label} value={Math.round(value)} onChange={(event) => onChange(Number(event.target.value))} className="field w-32">
      {axis.categories.map((category, place) => (
        <option key={category} value={place}>
          {category}
        </option>
      ))}
    </select>
  );
}

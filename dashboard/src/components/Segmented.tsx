import type { ReactNode } from 'react';

interface SegmentedProps<T extends string> {
  label: string;
  choices: readonly { id: T; label: ReactNode }[];
  value: T;
  onChange: (value: T) => void;
}

/** One of a few choices. The chosen one is raised and stays quieter than the data. */
export function Segmented<T extends string>({ label, choices, value, onChange }: SegmentedProps<T>) {
  return (
    <fieldset className="inline-flex h-7 shrink-0 rounded-[7px] bg-sunk p-0.5">
      <legend className="sr-only">{label}</legend>
      {choices.map(({ id, label: name }) => (
        <button
          key={id}
          type="button"
          aria-pressed={value === id}
          onClick={() => onChange(id)}
          className={`inline-flex items-center gap-1.5 whitespace-nowrap rounded-[5px] px-[9px] text-xs leading-6 ${value === id ? 'bg-surface font-medium text-ink ring-1 ring-line' : 'text-muted hover:text-ink'}`}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

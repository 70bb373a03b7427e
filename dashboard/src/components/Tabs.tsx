import { type KeyboardEvent, type ReactNode, useId } from 'react';

export interface Tab<T extends string> {
  id: T;
  label: string;
  /** A figure beside the label. */
  badge?: ReactNode;
}

interface TabsProps<T extends string> {
  tabs: readonly Tab<T>[];
  current: T;
  onChange: (tab: T) => void;
  label: string;
  children: ReactNode;
}

const STEP: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };

/** Tabs and the panel of the current one. Which is current is the caller's: it belongs into the address. */
export function Tabs<T extends string>({ tabs, current, onChange, label, children }: TabsProps<T>) {
  const id = useId();
  const step = (event: KeyboardEvent<HTMLElement>) => {
    const by = STEP[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = tabs[(tabs.findIndex((tab) => tab.id === current) + by + tabs.length) % tabs.length];
    if (next === undefined) return;
    onChange(next.id);
    document.getElementById(`${id}-${next.id}`)?.focus();
  };
  return (
    <>
      <div role="tablist" aria-label={label} onKeyDown={step} className="flex gap-1 overflow-x-auto border-line border-b">
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${id}-${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab.id === current}
            aria-controls={`${id}-panel`}
            tabIndex={tab.id === current ? 0 : -1}
            onClick={() => onChange(tab.id)}
            className={`-mb-px flex h-9 shrink-0 items-center gap-1.5 border-b-2 px-2.5 font-medium focus-visible:outline-offset-[-2px] ${tab.id === current ? 'border-accent text-ink' : 'border-transparent text-muted hover:text-ink'}`}
          >
            {tab.label}
            {tab.badge !== undefined && <span className="numeric rounded bg-sunk px-1 text-2xs text-muted">{tab.badge}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${current}`} className="min-w-0 pt-4">
        {children}
      </div>
    </>
  );
}

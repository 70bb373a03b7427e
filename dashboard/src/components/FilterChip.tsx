import type { ReactNode } from 'react';

/** A filter that is on or off, with its count. */
export function FilterChip({ isOn, onClick, mark, children }: { isOn: boolean; onClick: () => void; mark?: string; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onClick}
      className={`inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-full px-[11px] ring-1 ring-inset ${isOn ? 'bg-sunk text-ink ring-edge' : 'bg-surface text-muted ring-line hover:text-ink'}`}
    >
      {mark !== undefined && <span aria-hidden="true" className={`size-[9px] rounded-xs ${mark}`} />}
      {children}
    </button>
  );
}

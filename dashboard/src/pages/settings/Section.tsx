import { type ReactNode, useId } from 'react';

export function Section({ title, text, action, children }: { title: string; text: string; action?: ReactNode; children: ReactNode }) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className="panel min-w-0">
      <header className="flex flex-wrap items-center gap-3 border-line border-b px-4 py-3">
        <div className="mr-auto">
          <h2 id={heading} className="font-semibold text-sm">
            {title}
          </h2>
          <p className="text-muted text-xs">{text}</p>
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}

/** A labelled field of a form. */
export function Labelled({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label className="grid grid-cols-1 gap-1">
      <span className="font-medium">{label}</span>
      {children}
      {hint && <span className="text-muted text-xs">{hint}</span>}
    </label>
  );
}

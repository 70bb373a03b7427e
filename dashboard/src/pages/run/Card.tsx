import { type ReactNode, useId } from 'react';

interface CardProps {
  title: string;
  /** A figure beside the title. */
  figure?: ReactNode;
  sub?: ReactNode;
  /** Controls at the right of the title. */
  aside?: ReactNode;
  /** The one link at the card's foot. */
  foot?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A card: one title line, its content, and at most one link at its foot. */
export function Card({ title, figure, sub, aside, foot, className = '', children }: CardProps) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className={`panel flex min-w-0 flex-col ${className}`}>
      <header className="flex min-h-[42px] flex-wrap items-center gap-x-2 gap-y-1 px-4 pt-3">
        <h2 id={heading} className="whitespace-nowrap font-semibold">
          {title}
        </h2>
        {figure !== undefined && <span className="numeric font-semibold">{figure}</span>}
        {sub !== undefined && sub !== '' && <p className="min-w-0 truncate text-faint max-sm:hidden">{sub}</p>}
        {aside !== undefined && <span className="ml-auto flex items-center gap-1.5">{aside}</span>}
      </header>
      {children}
      {foot !== undefined && <footer className="mt-auto border-line border-t px-4 pt-2.5 pb-3 font-medium text-muted">{foot}</footer>}
    </section>
  );
}

import { useEffect, useState } from 'react';
import { compact, cost, count, exact, NONE, score, signed } from '../format/number.js';
import { duration, exactTime, shortTime } from '../format/time.js';

type Value = number | null | undefined;

/** A figure as it is shown, and exactly when it is pointed at. */
function Figure({ value, text, unit = '' }: { value: Value; text: (value: Value) => string; unit?: string }) {
  if (value === null || value === undefined) return <span className="text-faint">{NONE}</span>;
  return (
    <span className="numeric" title={`${exact(value)}${unit}`}>
      {text(value)}
    </span>
  );
}

export const Score = ({ value }: { value: Value }) => <Figure value={value} text={score} />;
export const Cost = ({ value }: { value: Value }) => <Figure value={value} text={cost} unit=" US dollars" />;
export const Count = ({ value }: { value: Value }) => <Figure value={value} text={count} />;
export const Compact = ({ value }: { value: Value }) => <Figure value={value} text={compact} />;
export const Duration = ({ value }: { value: Value }) => <Figure value={value} text={duration} unit=" ms" />;

interface DeltaProps {
  value: Value;
  /** Whether more or less of it is the better: `less` for cost and time. */
  better?: 'more' | 'less';
  text?: (value: number) => string;
}

/** A difference: its sign says which way, its colour whether that is good. */
export function Delta({ value, better = 'more', text = score }: DeltaProps) {
  if (value === null || value === undefined) return <span className="text-faint">{NONE}</span>;
  const good = better === 'more' ? value > 0 : value < 0;
  const tone = value === 0 ? 'text-muted' : good ? 'text-fixed' : 'text-broke';
  return (
    <span className={`numeric ${tone}`} title={`${exact(value)}${value === 0 ? '' : good ? ', better' : ', worse'}`}>
      {signed(value, text)}
    </span>
  );
}

/** A point in time, told anew each half minute while it is young. */
export function Time({ value }: { value: string | null | undefined }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  if (!value) return <span className="text-faint">{NONE}</span>;
  return (
    <time dateTime={value} title={exactTime(value)} className="numeric whitespace-nowrap">
      {shortTime(value, now)}
    </time>
  );
}

import { Characters } from '../../program/Characters.js';
import { PlainText } from '../../program/PlainText.js';

/** A text or a list longer than this is cut until it is opened. */
const LONG_TEXT = 500;
const LONG_LIST = 200;
/** Levels that are open at first. */
const OPEN = 3;

/** A JSON value as nested lists, each of which folds. Always as text. */
export function JsonTree({ value, depth = 0 }: { value: unknown; depth?: number }) {
  if (typeof value !== 'object' || value === null) return <Leaf value={value} />;
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return <span className="font-mono text-muted text-xs">{isList ? '[]' : '{}'}</span>;
  return (
    <ul className="grid min-w-0 gap-0.5 font-mono text-xs">
      {entries.slice(0, LONG_LIST).map(([key, item]) => (
        <li key={key} className="min-w-0">
          <Entry name={key} value={item} depth={depth} />
        </li>
      ))}
      {entries.length > LONG_LIST && <li className="text-muted">… {entries.length - LONG_LIST} more</li>}
    </ul>
  );
}

function Entry({ name, value, depth }: { name: string; value: unknown; depth: number }) {
  const label = (
    <span className="plain-text text-muted">
      <Characters text={name} />:
    </span>
  );
  const isNested = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isNested) {
    return (
      <div className="flex min-w-0 gap-2 pl-4">
        {label}
        <JsonTree value={value} />
      </div>
    );
  }
  return (
    <details open={depth < OPEN}>
      <summary className="w-fit rounded">
        {label} <span className="text-faint">{Array.isArray(value) ? `[${value.length}]` : `{${Object.keys(value).length}}`}</span>
      </summary>
      <div className="ml-1.5 border-line border-l pl-3">
        <JsonTree value={value} depth={depth + 1} />
      </div>
    </details>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (typeof value !== 'string') return <span className="numeric text-trail">{String(value)}</span>;
  return (
    <div className="min-w-0">
      <PlainText text={value} shown={LONG_TEXT} />
    </div>
  );
}

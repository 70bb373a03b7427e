import { imageWords, isImage, valueText } from '../../../format/values.js';
import { PlainText } from '../../../program/PlainText.js';
import { JsonTree } from '../JsonTree.js';

/** Characters of a value that are laid out before all of it is asked for. */
const SHOWN = 2_000;

/** A value as its reader would read it: an image as an image, a text as text, a structure as a tree. */
export function ValueView({ value, isText = false }: { value: unknown; isText?: boolean }) {
  if (value === null || value === undefined) return <span className="text-faint">none</span>;
  const image = imageOf(value);
  if (image !== null) return <Picture source={image} />;
  const text = valueText(value);
  const isPlain = typeof value !== 'object' || text === soleText(value);
  if (!isPlain) return <JsonTree value={value} />;
  return (
    <div className={`min-w-0 ${isText ? '' : 'font-medium font-mono text-xs'}`}>
      <PlainText text={text} shown={SHOWN} />
    </div>
  );
}

function soleText(value: object): string | null {
  const members = Object.values(value);
  return members.length === 1 && typeof members[0] !== 'object' ? String(members[0]) : null;
}

/** The image of a value that is one, or has one as its only member. */
function imageOf(value: unknown): string | null {
  if (typeof value === 'string') return isImage(value) ? value : null;
  if (typeof value !== 'object' || value === null) return null;
  const [only, ...others] = Object.values(value);
  return others.length === 0 && typeof only === 'string' && isImage(only) ? only : null;
}

function Picture({ source }: { source: string }) {
  return (
    <figure className="grid gap-1">
      <img src={source} alt={imageWords(source) ?? 'image'} className="max-h-64 max-w-full rounded-lg border border-line object-contain" />
      <figcaption className="text-faint text-xs">{imageWords(source)}</figcaption>
    </figure>
  );
}

/** A value as short as it can be read: a text as it is, an object with one text as that text, anything else as JSON; an image by its size. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return imageWords(value) ?? value;
  if (typeof value === 'number') return String(Number(value.toPrecision(12)));
  if (typeof value !== 'object') return String(value);
  return (
    fieldsText(value) ?? JSON.stringify(value, (_key, member) => (typeof member === 'string' ? (imageWords(member) ?? member) : member))
  );
}

/** The one member of an object, or its plain members as a list; null for any other structure. */
function fieldsText(value: object): string | null {
  const entries = Object.entries(value);
  if (Array.isArray(value) || entries.some(([, member]) => !['string', 'number', 'boolean'].includes(typeof member))) return null;
  if (entries.length === 1) return valueText(entries[0]?.[1]);
  return entries.length === 0 ? null : entries.map(([key, member]) => `${key}: ${valueText(member)}`).join(' · ');
}

const DATA_URL = /^data:(image\/[\w.+-]+)[;,]/;

/** Kilobytes of an image in a `data:` URL, as words; null for any other text. */
function imageWords(text: string): string | null {
  if (!DATA_URL.test(text.slice(0, 64))) return null;
  const bytes = Math.round((text.length - text.indexOf(',') - 1) * 0.75);
  return `image, ${Math.max(1, Math.round(bytes / 1024))} KB`;
}

/** Whether a text is an image that the page can show. */
export const isImage = (text: string): boolean => /^data:image\/(png|jpeg|gif|webp|avif);base64,/.test(text.slice(0, 40));

export { imageWords };

/** Cuts a long text into blocks of about `size` characters, at the end of a line where there is one, and never inside a pair of surrogates. */
export function chunksOf(text: string, size: number): readonly string[] {
  const chunks: string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = cutAt(text, start, Math.min(start + size, text.length));
    chunks.push(text.slice(start, end));
    start = end;
  }
  return chunks;
}

function cutAt(text: string, start: number, wished: number): number {
  if (wished >= text.length) return text.length;
  const line = text.lastIndexOf('\n', wished - 1);
  if (line > start) return line + 1;
  const isSplitPair = /[\ud800-\udbff]/.test(text.charAt(wished - 1));
  return isSplitPair && wished - 1 > start ? wished - 1 : wished;
}

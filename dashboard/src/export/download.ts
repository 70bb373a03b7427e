/** A name that every file system takes. */
const safe = (name: string) => name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 120) || 'optrail';

/** Gives the reader a file. */
export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = safe(name);
  link.click();
  // The browser reads it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function downloadJson(name: string, value: unknown): void {
  download(`${name}.json`, new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
}

/** Of an image as a `data:` URL, which a chart gives. */
export async function downloadPng(name: string, dataUrl: string): Promise<void> {
  const binary = atob(dataUrl.slice(dataUrl.indexOf(',') + 1));
  download(`${name}.png`, new Blob([Uint8Array.from(binary, (character) => character.charCodeAt(0))], { type: 'image/png' }));
}

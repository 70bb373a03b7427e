import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const PLACE = 'optrail.theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function stored(): Theme {
  const theme = localStorage.getItem(PLACE);
  return THEMES.find((known) => known === theme) ?? 'system';
}

const resolve = (theme: Theme) => (theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme);

/** Makes the page wear the theme that its reader chose, or the system's. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = resolve(stored());
  for (const listener of listeners) listener();
}

dark.addEventListener('change', applyTheme);

export function setTheme(theme: Theme): void {
  localStorage.setItem(PLACE, theme);
  applyTheme();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, stored);

/** The theme that is seen, for what is drawn on a canvas and must be drawn again when it changes. */
export const useResolvedTheme = (): 'light' | 'dark' => useSyncExternalStore(subscribe, () => resolve(stored()));

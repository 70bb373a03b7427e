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

/** Makes the page wear the theme that its reader chose, or the system's. */
export function applyTheme(theme: Theme = stored()): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(PLACE, theme);
  applyTheme(theme);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  dark.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    dark.removeEventListener('change', listener);
  };
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, stored);

const resolved = () => {
  const theme = stored();
  return theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
};

/** The theme that is seen, for what is drawn on a canvas and must be drawn again when it changes. */
export const useResolvedTheme = (): 'light' | 'dark' => useSyncExternalStore(subscribe, resolved);

import { createContext, type ReactNode, use } from 'react';
import { createPortal } from 'react-dom';

/** The places of the bar that a page fills: beside the project, and at the right end. */
export interface BarPlaces {
  readonly start: HTMLElement | null;
  readonly end: HTMLElement | null;
}

export const BarContext = createContext<BarPlaces>({ start: null, end: null });

/** Puts a page's own name and actions into the bar. */
export function Bar({ start, end }: { start: ReactNode; end?: ReactNode }) {
  const places = use(BarContext);
  return [places.start && createPortal(start, places.start, 'start'), places.end && createPortal(end, places.end, 'end')];
}

import { type RefCallback, useCallback, useRef, useState } from 'react';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of an element in pixels, kept while it changes; 0 until it is there. */
export function useSize(): [RefCallback<HTMLElement>, Size] {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const watched = useRef<ResizeObserver>(undefined);
  const place = useCallback((element: HTMLElement | null) => {
    watched.current?.disconnect();
    if (element === null) return;
    const measure = () => setSize({ width: Math.floor(element.clientWidth), height: Math.floor(element.clientHeight) });
    watched.current = new ResizeObserver(measure);
    watched.current.observe(element);
    measure();
  }, []);
  return [place, size];
}

export function useWidth(): [RefCallback<HTMLElement>, number] {
  const [place, { width }] = useSize();
  return [place, width];
}

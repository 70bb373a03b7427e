import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { score } from '../../../format/number.js';
import type { MatrixView } from '../../../model/matrix.js';
import { colors } from '../../../theme/colors.js';
import { useResolvedTheme } from '../../../theme/theme.js';
import { drawMatrix, type MatrixLook, rampBetween } from './draw.js';
import { CELL, cellAt, LEFT, type Place, scrollTo, stepFrom, TOP } from './geometry.js';

interface MatrixGridProps {
  view: MatrixView;
  span: MatrixLook['span'];
  isMinimized: boolean;
  best: number | null;
  label: string;
  onOpen: (iteration: number, sampleIndex: number) => void;
}

/**
 * The matrix on a canvas, of which only what is in view is drawn: 20,000 cells as elements would not scroll. Arrow keys go from
 * cell to cell, each of which is told; Enter opens its sample.
 */
export function MatrixGrid({ view, span, isMinimized, best, label, onOpen }: MatrixGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [current, setCurrent] = useState<Place>();
  const [isPointed, setPointed] = useState(false);
  const theme = useResolvedTheme();
  const told = useId();
  const extent = useMemo(() => ({ rows: view.rows.length, columns: view.columns.length }), [view]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes what colors() gives
  const look = useMemo<MatrixLook>(() => {
    const palette = colors();
    const font = getComputedStyle(document.body).fontFamily;
    return { palette, font, ramp: rampBetween(palette.line, palette.series[0] ?? palette.accent), span, isMinimized, best };
  }, [theme, span, isMinimized, best]);

  const draw = useCallback(() => {
    const [place, area] = [canvas.current, scroller.current];
    const context = place?.getContext('2d', { alpha: false });
    if (!place || !area || !context) return;
    const port = { left: area.scrollLeft, top: area.scrollTop, width: area.clientWidth, height: area.clientHeight };
    const ratio = window.devicePixelRatio;
    const [width, height] = [Math.round(port.width * ratio), Math.round(port.height * ratio)];
    if (place.width !== width || place.height !== height) {
      place.width = width;
      place.height = height;
      place.style.width = `${port.width}px`;
      place.style.height = `${port.height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawMatrix(context, view, port, look, current);
  }, [view, look, current]);
  const later = useFrame(draw);

  useEffect(() => {
    draw();
    const resize = new ResizeObserver(later);
    if (scroller.current) resize.observe(scroller.current);
    return () => resize.disconnect();
  }, [draw, later]);

  const openAt = (place: Place | undefined) => {
    const iteration = place && view.columns[place.column]?.iteration;
    const sampleIndex = place && view.rows[place.row]?.cells[place.column]?.sampleIndex;
    if (typeof iteration === 'number' && typeof sampleIndex === 'number') onOpen(iteration, sampleIndex);
  };
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    const area = scroller.current;
    if (area === null) return;
    if (event.key === 'Enter') openAt(current);
    else {
      const page = Math.max(1, Math.floor((area.clientHeight - TOP) / CELL) - 1);
      const next =
        current === undefined
          ? event.key.startsWith('Arrow')
            ? { row: 0, column: 0 }
            : undefined
          : stepFrom(current, event.key, extent, page);
      if (next === undefined) return;
      setPointed(false);
      setCurrent(next);
      area.scrollTo(scrollTo(next, { left: area.scrollLeft, top: area.scrollTop, width: area.clientWidth, height: area.clientHeight }));
    }
    event.preventDefault();
  };
  const pointed = (event: PointerEvent<HTMLDivElement>): Place | undefined => {
    const area = scroller.current;
    if (area === null) return undefined;
    const box = area.getBoundingClientRect();
    return cellAt(event.clientX - box.left, event.clientY - box.top, { left: area.scrollLeft, top: area.scrollTop }, extent);
  };
  const point = (event: PointerEvent<HTMLDivElement>) => {
    const place = pointed(event);
    if (place?.row === current?.row && place?.column === current?.column) return;
    setPointed(true);
    setCurrent(place);
  };
  const text = current === undefined ? '' : cellText(view, current);
  const tip = tipPlace(scroller.current, current);
  return (
    <div className="panel relative overflow-hidden">
      <div
        ref={scroller}
        role="application"
        aria-label={label}
        aria-describedby={told}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move in it
        tabIndex={0}
        onScroll={later}
        onKeyDown={press}
        onPointerMove={point}
        onPointerLeave={() => isPointed && setCurrent(undefined)}
        onClick={(event) => openAt(pointed(event as unknown as PointerEvent<HTMLDivElement>))}
        className="relative h-[max(20rem,calc(100vh-26rem))] cursor-pointer overflow-auto focus-visible:outline-offset-[-2px]"
      >
        <div style={{ width: LEFT + extent.columns * CELL + 8, height: TOP + extent.rows * CELL + 8, minWidth: '100%', minHeight: '100%' }}>
          <canvas ref={canvas} className="sticky top-0 left-0 block" />
        </div>
      </div>
      <p id={told} role="status" className="sr-only">
        {text}
      </p>
      {tip !== undefined && text !== '' && (
        <div
          data-testid="matrix-tip"
          aria-hidden="true"
          className="panel plain-text pointer-events-none absolute z-10 max-w-72 truncate px-2 py-1 text-xs shadow-lg"
          style={tip}
        >
          {text}
        </div>
      )}
    </div>
  );
}

/** Calls once a frame, however often it is asked for. */
function useFrame(work: () => void): () => void {
  const asked = useRef(0);
  const latest = useRef(work);
  useEffect(() => {
    latest.current = work;
  }, [work]);
  useEffect(() => () => cancelAnimationFrame(asked.current), []);
  return useCallback(() => {
    cancelAnimationFrame(asked.current);
    asked.current = requestAnimationFrame(() => latest.current());
  }, []);
}

/** What a cell says. */
function cellText(view: MatrixView, { row, column }: Place): string {
  const line = view.rows[row];
  const iteration = view.columns[column];
  const cell = line?.cells[column];
  if (line === undefined || iteration === undefined || cell === undefined) return '';
  const where = `${line.label}, iteration ${iteration.iteration}`;
  if (cell.failed === null) return `${where}: not evaluated`;
  return `${where}: ${cell.score === null ? 'no score' : score(cell.score)}, ${cell.failed ? 'failed' : 'passed'}`;
}

function tipPlace(area: HTMLDivElement | null, place: Place | undefined): { left: number; top: number } | undefined {
  if (area === null || place === undefined) return undefined;
  const left = LEFT + place.column * CELL - area.scrollLeft + CELL;
  const top = TOP + place.row * CELL - area.scrollTop + CELL;
  return { left: Math.max(0, Math.min(left, area.clientWidth - 296)), top: top > area.clientHeight - 40 ? top - CELL - 36 : top };
}

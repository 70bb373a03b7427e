import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useEffectEvent, useId, useMemo, useRef, useState } from 'react';
import type { StoryMatrix } from '../../../story/matrix-lines.js';
import { words } from '../../../strings.js';
import { colors } from '../../../theme/colors.js';
import { useResolvedTheme } from '../../../theme/theme.js';
import { drawMatrix, type MatrixLook } from './draw.js';
import { CELL, cellAt, type Place, roomFor, scrollTo, stepFrom, TOP, type View } from './geometry.js';

interface MatrixGridProps extends Omit<MatrixLook, 'palette' | 'font' | 'mono' | 'left' | 'cell'> {
  matrix: StoryMatrix;
  label: string;
  onOpen: (key: string, iteration: number | undefined) => void;
}

/**
 * The matrix on a canvas, of which only the part in view is drawn: 20,000 cells as elements would not scroll. Arrow keys go from
 * cell to cell, and each is read out; Enter opens its example.
 */
export function MatrixGrid({ matrix, label, onOpen, ...facts }: MatrixGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [current, setCurrent] = useState<Place>();
  const [isPointed, setPointed] = useState(false);
  const [width, setWidth] = useState(0);
  const theme = useResolvedTheme();
  const told = useId();
  const { left, cell } = roomFor(width, matrix.columns.length);
  const extent = useMemo(() => ({ rows: matrix.lines.length, columns: matrix.columns.length, left, cell }), [matrix, left, cell]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes what colors() gives
  const base = useMemo(() => {
    const style = getComputedStyle(document.body);
    return { palette: colors(), font: style.fontFamily, mono: style.getPropertyValue('--font-mono') };
  }, [theme]);

  const paint = useEffectEvent(() => {
    const [place, area] = [canvas.current, scroller.current];
    const context = place?.getContext('2d', { alpha: false });
    if (!place || !area || !context) return;
    const port = viewOf(area);
    if (port.width !== width) setWidth(port.width);
    resizeCanvas(place, port);
    context.setTransform(window.devicePixelRatio, 0, 0, window.devicePixelRatio, 0, 0);
    drawMatrix(context, matrix, port, { ...base, ...facts, left, cell }, current);
  });
  const later = useFrame(() => paint());

  // Every change of what is drawn comes with a render.
  useEffect(() => paint());
  useEffect(() => {
    const resize = new ResizeObserver(later);
    if (scroller.current) resize.observe(scroller.current);
    void document.fonts.ready.then(later);
    return () => resize.disconnect();
  }, [later]);

  const openAt = (place: Place | undefined) => {
    const line = place && matrix.lines[place.row];
    if (line?.kind === 'example') onOpen(line.key, place === undefined ? undefined : matrix.columns[place.column]?.iteration);
  };
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    const area = scroller.current;
    if (area === null) return;
    if (event.key === 'Enter') openAt(current);
    else {
      const next = nextPlace(matrix, current, event.key, extent, area.clientHeight);
      if (next === undefined) return;
      setPointed(false);
      setCurrent(next);
      area.scrollTo(scrollTo(next, viewOf(area), extent));
    }
    event.preventDefault();
  };
  const pointed = (event: { clientX: number; clientY: number }): Place | undefined => {
    const area = scroller.current;
    if (area === null) return undefined;
    const box = area.getBoundingClientRect();
    const place = cellAt(event.clientX - box.left, event.clientY - box.top, viewOf(area), extent);
    return place !== undefined && matrix.lines[place.row]?.kind === 'example' ? place : undefined;
  };
  const point = (event: PointerEvent<HTMLDivElement>) => {
    const place = pointed(event);
    if (place?.row === current?.row && place?.column === current?.column) return;
    setPointed(true);
    setCurrent(place);
  };
  const text = current === undefined ? '' : cellText(matrix, current, facts);
  const tip = tipPlace(scroller.current, current, extent);
  return (
    <div className="relative">
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
        onClick={(event) => openAt(pointed(event))}
        className="relative h-[max(20rem,calc(100vh-15rem))] cursor-pointer overflow-auto focus-visible:outline-offset-[-2px]"
      >
        <div
          style={{
            width: left + extent.columns * cell + 8,
            height: TOP + extent.rows * CELL.height + 8,
            minWidth: '100%',
            minHeight: '100%',
          }}
        >
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
          className="plain-text pointer-events-none absolute z-10 max-w-72 truncate rounded-lg bg-surface px-2 py-1 text-xs shadow-pop"
          style={tip}
        >
          {text}
        </div>
      )}
    </div>
  );
}

const viewOf = (area: HTMLElement): View => ({
  left: area.scrollLeft,
  top: area.scrollTop,
  width: area.clientWidth,
  height: area.clientHeight,
});

/** Gives a canvas the size of its view, in the screen's own pixels. */
function resizeCanvas(canvas: HTMLCanvasElement, port: View): void {
  const ratio = window.devicePixelRatio;
  const [width, height] = [Math.round(port.width * ratio), Math.round(port.height * ratio)];
  if (canvas.width === width && canvas.height === height) return;
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = `${port.width}px`;
  canvas.style.height = `${port.height}px`;
}

/** The next example in the direction of a key; headings are stepped over. */
function nextPlace(
  matrix: StoryMatrix,
  current: Place | undefined,
  key: string,
  extent: Parameters<typeof stepFrom>[2],
  height: number,
): Place | undefined {
  const isExample = (place: Place | undefined): place is Place => place !== undefined && matrix.lines[place.row]?.kind === 'example';
  if (current === undefined) {
    if (!key.startsWith('Arrow')) return undefined;
    const row = matrix.lines.findIndex(({ kind }) => kind === 'example');
    return row < 0 ? undefined : { row, column: 0 };
  }
  const page = Math.max(1, Math.floor((height - TOP) / CELL.height) - 1);
  const next = stepFrom(current, key, extent, page);
  if (next === undefined || isExample(next)) return next;
  const beyond = stepFrom(next as Place, (next as Place).row < current.row ? 'ArrowUp' : 'ArrowDown', extent, page);
  return isExample(beyond) ? beyond : current;
}

/** Calls once a frame, however often it is asked for. */
function useFrame(work: () => void): () => void {
  const asked = useRef(0);
  const latest = useRef(work);
  useEffect(() => {
    latest.current = work;
  });
  useEffect(() => () => cancelAnimationFrame(asked.current), []);
  return useCallback(() => {
    cancelAnimationFrame(asked.current);
    asked.current = requestAnimationFrame(() => latest.current());
  }, []);
}

/** A cell in words. */
function cellText(matrix: StoryMatrix, { row, column }: Place, { textOf }: Pick<MatrixLook, 'textOf'>): string {
  const line = matrix.lines[row];
  if (line?.kind !== 'example') return '';
  const candidate = matrix.columns[column];
  if (candidate === undefined) return textOf(line).text.slice(0, 200).toWellFormed();
  return `${line.label}, #${candidate.iteration}: ${words.outcome[line.outcomes[column] ?? 'none']}`;
}

function tipPlace(
  area: HTMLElement | null,
  place: Place | undefined,
  { left, cell }: { left: number; cell: number },
): { left: number; top: number } | undefined {
  if (area === null || place === undefined) return undefined;
  const x = left + Math.max(0, place.column) * cell - area.scrollLeft + cell;
  const y = TOP + place.row * CELL.height - area.scrollTop + CELL.height;
  return { left: Math.max(0, Math.min(x, area.clientWidth - 296)), top: y > area.clientHeight - 40 ? y - CELL.height - 36 : y };
}

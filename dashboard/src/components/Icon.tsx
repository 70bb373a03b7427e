/** Strokes of a 16 x 16 grid. */
const PATHS = {
  arrowDown: 'M8 3v10M4 9l4 4 4-4',
  arrowUp: 'M8 13V3M4 7l4-4 4 4',
  arrowUpRight: 'M5 11l6-6M6 5h5v5',
  chart: 'M2.500 2.500v11h11M5 10.500l2.500-3.500 2.500 1.500 3.500-5',
  check: 'M3.500 8.500l3 3 6-7',
  checkCircle: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M5.500 8.200l1.800 1.800 3.300-3.800',
  chevronDown: 'M4 6l4 4 4-4',
  chevronRight: 'M6 4l4 4-4 4',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M8 5v3.200l2 1.300',
  close: 'M4 4l8 8M12 4l-8 8',
  columns: 'M2.500 3h11v10h-11zM6.200 3v10M9.800 3v10',
  compare: 'M5.500 3v10M10.500 3v10M3 5.500L5.500 3 8 5.500M8 10.500l2.500 2.500 2.500-2.500',
  copy: 'M6 6h7v7H6zM3 10V3h7',
  cross: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M6 6l4 4M10 6l-4 4',
  dash: 'M4 8h8',
  dot: 'M8 9.500A1.500 1.500 0 1 0 8 6.500a1.500 1.500 0 0 0 0 3',
  download: 'M8 2.500v7.500M5 7.500l3 3 3-3M3 13h10',
  edit: 'M3 13l.7-2.800L10.500 3.400l2.100 2.100-6.800 6.800z',
  filter: 'M2.500 4h11M4.500 8h7M6.500 12h3',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M6.300 6.500c0-2.300 3.500-2.200 3.500-.1C9.800 7.700 8 7.800 8 9.200M8 11.200v.1',
  key: 'M6 12A2.800 2.800 0 1 0 6 6.400 2.800 2.800 0 0 0 6 12M8 7.300L13 2.500M11 4.500l1.700 1.700',
  minus: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M5.500 8h5',
  moon: 'M13 9.500A5.500 5.500 0 0 1 6.500 3 5.500 5.500 0 1 0 13 9.500',
  note: 'M3.500 2.500h9v8l-3 3h-6zM9.500 13.500v-3h3M5.500 5.500h5M5.500 8h3',
  pause: 'M5.500 4v8M10.500 4v8',
  pin: 'M6 2.500h4l-.5 4 2 2.500h-7l2-2.500zM8 9v4.500',
  play: 'M5 3.500l7 4.500-7 4.500z',
  plus: 'M8 3v10M3 8h10',
  refresh: 'M13 4v3h-3M3 12V9h3M12.700 7A5 5 0 0 0 4 5M3.300 9A5 5 0 0 0 12 11',
  search: 'M7 11.500A4.500 4.500 0 1 0 7 2.500a4.500 4.500 0 0 0 0 9M10.300 10.300l3.200 3.200',
  settings: 'M2.500 5h6M11.500 5h2M10 6.500v-3M2.500 11h2M7.500 11h6M6 12.500v-3',
  star: 'M8 2.500l1.700 3.500 3.800.5-2.800 2.700.7 3.800L8 11.200 4.600 13l.7-3.800L2.500 6.500 6.300 6z',
  sun: 'M8 10.800A2.800 2.800 0 1 0 8 5.200a2.800 2.800 0 0 0 0 5.600M8 1.500v1.300M8 13.200v1.300M1.500 8h1.300M13.200 8h1.300M3.400 3.400l.9.9M11.700 11.700l.9.9M12.600 3.400l-.9.9M4.300 11.700l-.9.9',
  system: 'M2.500 3h11v7.500h-11zM6 13.500h4M8 10.500v3',
  table: 'M2.500 3h11v10h-11zM2.500 6.500h11M2.500 9.700h11M6.500 6.500V13',
  tag: 'M2.500 2.500h5l6 6-5 5-6-6zM5.300 5.300v.1',
  trash: 'M3 4.500h10M6 4.500v-2h4v2M4.500 4.500l.5 9h6l.5-9',
  warning: 'M8 2.500l6 11H2zM8 6.500v3.200M8 11.600v.1',
} as const;

export type IconName = keyof typeof PATHS;

/** Always beside a text, or in something that is named: by itself it says nothing to a screen reader. */
export function Icon({ name, className = '' }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      className={`size-4 shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

import { Link, useMatches } from '@tanstack/react-router';
import { IconButton } from '../components/Button.js';
import { count } from '../format/number.js';
import { SearchButton } from '../palette/SearchButton.js';
import { words } from '../strings.js';
import { setTheme, THEMES, useTheme } from '../theme/theme.js';
import { LiveBadge } from './LiveBadge.js';
import { ProjectPicker } from './ProjectPicker.js';
import { useProject } from './project.js';

const PAGES = [
  { to: '/', label: words.pages.runs },
  { to: '/leaderboard', label: words.pages.leaderboard },
  { to: '/analytics', label: words.pages.analytics },
  { to: '/settings', label: words.pages.settings },
] as const;

const THEME_ICONS = { system: 'system', light: 'sun', dark: 'moon' } as const;

function ThemeButton() {
  const theme = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  return <IconButton icon={THEME_ICONS[theme]} label={`Theme: ${theme}. Change to ${next}`} onClick={() => setTheme(next)} />;
}

/** The path is the logo: four steps up, the last one in the trail's colour. */
function Logo({ className = 'size-6' }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={className}>
      <rect width="24" height="24" rx="6" className="fill-btn" />
      <path
        d="M5 17h4.500v-4.500h5V8H17"
        fill="none"
        className="stroke-btn-ink"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="19" cy="8" r="1.600" className="fill-trail-fill" />
    </svg>
  );
}

interface TopBarProps {
  projectId: string | undefined;
  onStart: (place: HTMLElement | null) => void;
  onEnd: (place: HTMLElement | null) => void;
}

/** The bar of every page. A run and a comparison put their own name and actions in the place of the pages' links. */
export function TopBar({ projectId, onStart, onEnd }: TopBarProps) {
  const { projects } = useProject();
  const isDeep = useMatches({ select: (matches) => matches.some(({ routeId }) => routeId === '/runs/$runId' || routeId === '/compare') });
  const runs = projects?.find(({ id }) => id === projectId)?.runs;
  return (
    <header className="screen-only shrink-0 border-line border-b bg-surface">
      <div className="gutter flex flex-wrap sm:h-14 items-center gap-x-2.5 sm:flex-nowrap">
        <Link to="/" aria-label="Optrail: all runs" className="mr-0.5 flex h-13 items-center rounded-md">
          <Logo />
        </Link>
        <span className={isDeep ? 'max-sm:hidden' : ''}>
          <ProjectPicker />
        </span>
        <div ref={onStart} className="contents" />
        {!isDeep && (
          <nav
            aria-label="Pages"
            className="order-last -mx-4 flex w-[calc(100%+2rem)] gap-1 self-stretch overflow-x-auto border-line border-t px-3 sm:order-none sm:mx-0 sm:w-auto sm:border-0 sm:px-2"
          >
            {PAGES.map(({ to, label }) => (
              <Link
                key={to}
                to={to}
                activeOptions={{ exact: true, includeSearch: false }}
                activeProps={{ className: 'border-ink! text-ink!' }}
                className="-mb-px flex h-10 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 px-2.5 font-medium text-muted hover:text-ink focus-visible:outline-offset-[-2px] sm:h-[57px]"
              >
                {label}
                {to === '/' && runs !== undefined && <span className="font-normal text-faint">{count(runs)}</span>}
              </Link>
            ))}
          </nav>
        )}
        <div className="ml-auto flex items-center gap-2">
          <span className={isDeep ? 'max-lg:hidden' : ''}>
            <LiveBadge />
          </span>
          <SearchButton projectId={projectId} isSmall={isDeep} />
          {!isDeep && <ThemeButton />}
          <div ref={onEnd} className="contents" />
        </div>
      </div>
    </header>
  );
}

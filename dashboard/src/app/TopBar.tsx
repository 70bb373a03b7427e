import { Link } from '@tanstack/react-router';
import { IconButton } from '../components/Button.js';
import { SearchButton } from '../palette/SearchButton.js';
import { setTheme, THEMES, useTheme } from '../theme/theme.js';
import { LiveBadge } from './LiveBadge.js';
import { ProjectPicker } from './ProjectPicker.js';

const PAGES = [
  { to: '/', label: 'Runs' },
  { to: '/leaderboard', label: 'Leaderboard' },
  { to: '/analytics', label: 'Analytics' },
  { to: '/settings', label: 'Settings' },
] as const;

const THEME_ICONS = { system: 'system', light: 'sun', dark: 'moon' } as const;

function ThemeButton() {
  const theme = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  return <IconButton icon={THEME_ICONS[theme]} label={`Theme: ${theme}. Change to ${next}`} onClick={() => setTheme(next)} />;
}

export function TopBar({ projectId }: { projectId: string | undefined }) {
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-3 border-line border-b bg-surface px-3 sm:flex-nowrap sm:px-4">
      <Link to="/" className="flex h-11 items-center gap-2 rounded font-semibold text-base">
        <img src="/favicon.svg" alt="" className="size-5" />
        <span className="hidden sm:inline">Optrail</span>
        <span className="sr-only sm:hidden">Optrail</span>
      </Link>
      <ProjectPicker />
      <nav
        aria-label="Pages"
        className="order-last -mx-3 flex w-[calc(100%+1.5rem)] gap-1 overflow-x-auto border-line border-t px-2 sm:order-none sm:mx-0 sm:w-auto sm:border-0 sm:px-1"
      >
        {PAGES.map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: true, includeSearch: false }}
            activeProps={{ className: 'border-accent! text-ink!' }}
            className="flex h-9 items-center border-transparent border-b-2 px-2 font-medium text-muted hover:text-ink focus-visible:outline-offset-[-2px] sm:h-11"
          >
            {label}
          </Link>
        ))}
      </nav>
      <div className="ml-auto flex items-center gap-1">
        <LiveBadge />
        <SearchButton projectId={projectId} />
        <ThemeButton />
      </div>
    </header>
  );
}

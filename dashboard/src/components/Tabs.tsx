import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import { type ReactNode, useEffect, useRef } from 'react';

export interface Tab<T extends string> {
  id: T;
  label: string;
  /** A figure beside the label. */
  badge?: ReactNode;
}

interface TabsProps<T extends string> {
  tabs: readonly Tab<T>[];
  current: T;
  onChange: (tab: T) => void;
  label: string;
  /** What stands at the end of the bar. */
  aside?: ReactNode;
  /** Classes of the bar and of the panel. */
  barClass?: string;
  panelClass?: string;
  children: ReactNode;
}

/** Tabs and the panel of the current one. The caller keeps which is current: it belongs into the address. */
export function Tabs<T extends string>({ tabs, current, onChange, label, aside, barClass = '', panelClass = '', children }: TabsProps<T>) {
  const bar = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is another place to scroll to
  useEffect(() => {
    const chosen = bar.current?.querySelector<HTMLElement>('[aria-selected=true]');
    if (bar.current && chosen) bar.current.scrollLeft = chosen.offsetLeft - (bar.current.clientWidth - chosen.offsetWidth) / 2;
  }, [current]);
  return (
    <BaseTabs.Root value={current} onValueChange={(next) => onChange(next as T)}>
      <div className={`flex items-stretch border-line border-b ${barClass}`}>
        <BaseTabs.List
          ref={bar}
          activateOnFocus
          aria-label={label}
          className="-mb-px flex h-[42px] min-w-0 gap-0.5 overflow-x-auto overflow-y-hidden [scrollbar-width:none] max-sm:[mask-image:linear-gradient(90deg,#000_88%,transparent)]"
        >
          {tabs.map((tab) => (
            <BaseTabs.Tab
              key={tab.id}
              value={tab.id}
              className="flex shrink-0 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 px-[9px] font-medium text-muted hover:text-ink focus-visible:outline-offset-[-2px] aria-selected:border-ink aria-selected:text-ink"
            >
              {tab.label}
              {tab.badge !== undefined && <span className="numeric font-normal text-faint text-xs">{tab.badge}</span>}
            </BaseTabs.Tab>
          ))}
        </BaseTabs.List>
        {aside}
      </div>
      <BaseTabs.Panel value={current} className={`min-w-0 focus-visible:outline-offset-[-2px] ${panelClass}`}>
        {children}
      </BaseTabs.Panel>
    </BaseTabs.Root>
  );
}

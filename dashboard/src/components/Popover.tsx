import { type ComponentType, lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { type ButtonLook, buttonClass } from './Button.js';
import { Icon, type IconName } from './Icon.js';
import type { MenuItemProps, PopupProps } from './popup-props.js';

const load = () => import('./popups.js');
const PopoverPopup = lazy(() => load().then(({ PopoverPopup: Popup }) => ({ default: Popup })));
const MenuPopup = lazy(() => load().then(({ MenuPopup: Popup }) => ({ default: Popup })));
const LazyMenuItem = lazy(() => load().then(({ MenuItem: Item }) => ({ default: Item })));

interface TriggerProps {
  label: ReactNode;
  /** Names the button when its content does not. */
  name?: string | undefined;
  icon?: IconName | undefined;
  look?: ButtonLook;
  /** A rounded chip, as filters are. */
  isChip?: boolean;
  /** A chip that filters now. */
  isOn?: boolean;
  align?: 'left' | 'right';
  /** Without the chevron. */
  isBare?: boolean;
  /** Other classes than those of a button. */
  className?: string;
}

function triggerClass({ look = 'plain', isChip = false, isOn = false, className }: TriggerProps): string {
  if (className !== undefined) return className;
  if (!isChip) return buttonClass(look);
  return `inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-full px-[11px] ring-1 ring-inset ${isOn ? 'bg-sunk text-ink ring-edge' : 'bg-surface text-muted ring-line hover:text-ink'}`;
}

interface OpenerProps extends TriggerProps {
  kind: 'dialog' | 'menu';
  Popup: ComponentType<PopupProps>;
  content: (close: () => void) => ReactNode;
}

function Opener({ kind, Popup, content, ...trigger }: OpenerProps) {
  const { label, name, icon, isBare = false, align = 'left' } = trigger;
  const [open, setOpen] = useState(false);
  const [isUsed, setUsed] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-label={name}
        title={name}
        aria-haspopup={kind}
        aria-expanded={open}
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
        onClick={() => {
          setUsed(true);
          setOpen(!open);
        }}
        className={triggerClass(trigger)}
      >
        {icon && <Icon name={icon} className="text-muted" />}
        {label}
        {!isBare && <Icon name="chevronDown" className="size-3.5! text-faint" />}
      </button>
      {isUsed && (
        <Suspense fallback={null}>
          <Popup anchor={button} align={align} open={open} onOpenChange={setOpen}>
            {content(() => setOpen(false))}
          </Popup>
        </Suspense>
      )}
    </>
  );
}

/** A button that opens a small panel below itself; Esc and a click elsewhere close it. */
export function Popover({ children, ...trigger }: TriggerProps & { children: (close: () => void) => ReactNode }) {
  return <Opener {...trigger} kind="dialog" Popup={PopoverPopup} content={children} />;
}

/** A button that opens a list of things to do. */
export function Menu({ children, ...trigger }: TriggerProps & { children: ReactNode }) {
  return <Opener {...trigger} kind="menu" Popup={MenuPopup} content={() => children} />;
}

/** A line of a menu. */
export const MenuItem = (props: MenuItemProps) => <LazyMenuItem {...props} />;

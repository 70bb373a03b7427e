import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { type ButtonLook, buttonClass } from './Button.js';
import { Icon, type IconName } from './Icon.js';

interface PopoverProps {
  label: ReactNode;
  /** Names the button where its content does not. */
  name?: string;
  icon?: IconName;
  look?: ButtonLook;
  align?: 'left' | 'right';
  children: (close: () => void) => ReactNode;
}

/** A button that opens a small panel below itself; Esc and a click elsewhere close it. */
export function Popover({ label, name, icon, look = 'plain', align = 'left', children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useId();
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    document.addEventListener('keydown', leave);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
      document.removeEventListener('keydown', leave);
    };
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div ref={root} className="relative">
      <button
        ref={button}
        type="button"
        aria-label={name}
        title={name}
        aria-expanded={open}
        aria-controls={panel}
        onClick={() => setOpen(!open)}
        className={buttonClass(look)}
      >
        {icon && <Icon name={icon} />}
        {label}
        <Icon name="chevronDown" className="size-3.5! text-faint" />
      </button>
      <div
        id={panel}
        hidden={!open}
        className={`panel absolute top-full z-40 mt-1 min-w-48 p-1 shadow-xl ${align === 'right' ? 'right-0' : 'left-0'}`}
      >
        {open && children(close)}
      </div>
    </div>
  );
}

/** A line of a popover that does something. */
export function MenuItem({ icon, onClick, children }: { icon?: IconName; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" onClick={onClick} className="flex h-8 w-full items-center gap-2 rounded px-2 text-left hover:bg-hover">
      {icon && <Icon name={icon} className="text-muted" />}
      {children}
    </button>
  );
}

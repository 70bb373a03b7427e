import { Menu } from '@base-ui/react/menu';
import { Popover } from '@base-ui/react/popover';
import { Icon } from './Icon.js';
import type { MenuItemProps, PopupProps } from './popup-props.js';

const POPUP =
  'z-50 max-h-[70vh] max-w-[calc(100vw-2rem)] overflow-auto rounded-xl bg-surface p-1 text-ink shadow-pop focus-visible:outline-none';

/** A press on the button itself closes the popup by the button's own click. */
const outsideOnly =
  ({ anchor, onOpenChange }: PopupProps) =>
  (open: boolean, details: { event: Event }) => {
    const { target } = details.event;
    if (!open && details.event.type !== 'keydown' && target instanceof Node && anchor.current?.contains(target)) return;
    onOpenChange(open);
  };

export function PopoverPopup(props: PopupProps) {
  const { anchor, align, open, children } = props;
  return (
    <Popover.Root open={open} onOpenChange={outsideOnly(props)}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} sideOffset={6} align={align === 'right' ? 'end' : 'start'} className="z-50">
          <Popover.Popup finalFocus={anchor} className={`${POPUP} min-w-48`}>
            {children}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

export function MenuPopup(props: PopupProps) {
  const { anchor, align, open, children } = props;
  return (
    <Menu.Root open={open} onOpenChange={outsideOnly(props)}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} sideOffset={6} align={align === 'right' ? 'end' : 'start'} className="z-50">
          <Menu.Popup finalFocus={anchor} className={`${POPUP} min-w-52`}>
            {children}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

export function MenuItem({ icon, onClick, hint, children }: MenuItemProps) {
  return (
    <Menu.Item
      onClick={onClick}
      className="flex h-8 w-full cursor-default items-center gap-2 rounded-md px-2.5 text-left outline-none data-highlighted:bg-sunk"
    >
      {icon && <Icon name={icon} className="text-muted" />}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {hint !== undefined && <span className="text-faint text-xs">{hint}</span>}
    </Menu.Item>
  );
}

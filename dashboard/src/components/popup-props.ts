import type { ReactNode, RefObject } from 'react';
import type { IconName } from './Icon.js';

/** What opens below a button. The library of popups is loaded when a button is first pointed at. */
export interface PopupProps {
  anchor: RefObject<HTMLButtonElement | null>;
  align: 'left' | 'right';
  open: boolean;
  onOpenChange: (open: boolean) => void;
  children: ReactNode;
}

export interface MenuItemProps {
  icon?: IconName | undefined;
  onClick: () => void;
  hint?: string | undefined;
  children: ReactNode;
}

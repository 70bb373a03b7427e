import type { ButtonHTMLAttributes } from 'react';
import { Icon, type IconName } from './Icon.js';

const LOOKS = {
  plain: 'border-edge bg-surface text-ink hover:bg-hover',
  primary: 'border-accent bg-accent text-accent-ink hover:opacity-90',
  ghost: 'border-transparent bg-transparent text-muted hover:bg-hover hover:text-ink',
  danger: 'border-edge bg-surface text-bad hover:border-bad hover:bg-bad-soft',
} as const;

export type ButtonLook = keyof typeof LOOKS;

/** The classes of a button, for links that look like one. */
export const buttonClass = (look: ButtonLook = 'plain') =>
  `inline-flex h-7 shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border px-2.5 font-medium text-sm disabled:opacity-50 ${LOOKS[look]}`;

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type'> {
  look?: ButtonLook;
  icon?: IconName;
  submit?: boolean;
}

export function Button({ look = 'plain', icon, submit = false, className = '', children, ...rest }: ButtonProps) {
  return (
    <button type={submit ? 'submit' : 'button'} className={`${buttonClass(look)} ${className}`} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button that is only a picture; `label` names it, to the eye when it is pointed at. */
export function IconButton({ label, icon, look = 'ghost', className = '', ...rest }: ButtonProps & { label: string; icon: IconName }) {
  return (
    <button type="button" aria-label={label} title={label} className={`${buttonClass(look)} w-7 px-0! ${className}`} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

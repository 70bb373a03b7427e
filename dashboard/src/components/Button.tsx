import type { ButtonHTMLAttributes } from 'react';
import { Icon, type IconName } from './Icon.js';

const LOOKS = {
  plain: 'border-line bg-surface text-ink shadow-card hover:bg-hover',
  primary: 'border-btn bg-btn text-btn-ink hover:opacity-90',
  ghost: 'border-transparent bg-transparent text-muted hover:bg-hover hover:text-ink',
  danger: 'border-line bg-surface text-broke shadow-card hover:bg-broke-soft',
} as const;

export type ButtonLook = keyof typeof LOOKS;

/** The classes of a button, for links that look like one. */
export const buttonClass = (look: ButtonLook = 'plain') =>
  `inline-flex h-8 shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-lg border px-[11px] font-medium text-sm transition-colors duration-[120ms] disabled:opacity-50 ${LOOKS[look]}`;

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type'> {
  look?: ButtonLook;
  icon?: IconName;
  submit?: boolean;
}

export function Button({ look = 'plain', icon, submit = false, className = '', children, ...rest }: ButtonProps) {
  return (
    <button type={submit ? 'submit' : 'button'} className={`${buttonClass(look)} ${className}`} {...rest}>
      {icon && <Icon name={icon} className={look === 'primary' ? '' : 'text-muted'} />}
      {children}
    </button>
  );
}

/** A button that is only a picture; `label` names it, and stands in its tooltip. */
export function IconButton({ label, icon, look = 'ghost', className = '', ...rest }: ButtonProps & { label: string; icon: IconName }) {
  return (
    <button type="button" aria-label={label} title={label} className={`${buttonClass(look)} w-8 px-0! ${className}`} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

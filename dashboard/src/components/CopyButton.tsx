import { useState } from 'react';
import { Button, type ButtonLook, IconButton } from './Button.js';
import { useToast } from './Toast.js';

interface CopyButtonProps {
  /** What is copied; a function where it costs something to make. */
  text: string | (() => string | Promise<string>);
  label: string;
  look?: ButtonLook;
  /** Only the picture; the label then names it. */
  small?: boolean;
}

export function CopyButton({ text, label, look = 'plain', small = false }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const toast = useToast();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : await text());
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    } catch (error) {
      toast.failed(error);
    }
  };
  const icon = copied ? 'check' : 'copy';
  if (small) return <IconButton label={copied ? 'Copied' : label} icon={icon} onClick={copy} />;
  return (
    <Button look={look} icon={icon} onClick={copy}>
      <span aria-live="polite">{copied ? 'Copied' : label}</span>
    </Button>
  );
}

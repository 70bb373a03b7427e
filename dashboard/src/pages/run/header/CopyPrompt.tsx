import { useState } from 'react';
import { Icon } from '../../../components/Icon.js';
import { Menu, MenuItem } from '../../../components/Popover.js';
import { useToast } from '../../../components/Toast.js';
import { countWords, type Form, inForm } from '../../../program/forms.js';
import { words } from '../../../strings.js';
import { useTold } from '../story.js';
import { useRun } from '../useRun.js';

const CHOICES: readonly { form: Form; label: string; hint?: string }[] = [
  { form: 'text', label: 'Text' },
  { form: 'messages', label: 'Messages (OpenAI)' },
  { form: 'dspy', label: 'DSPy program' },
  { form: 'ax', label: 'Ax program' },
  { form: 'typescript', label: 'TypeScript' },
  { form: 'curl', label: 'curl' },
  { form: 'cli', label: 'optrail best …', hint: 'CLI' },
  { form: 'json', label: 'As recorded', hint: 'JSON' },
];

/** Milliseconds that the button says what it copied. */
const SAID_MS = 2_000;

/** Copies the winning prompt: as text by the button itself, in another form by its menu. */
export function CopyPrompt({ isDock = false }: { isDock?: boolean }) {
  const { run } = useRun();
  const { winner } = useTold().story;
  const toast = useToast();
  const [copied, setCopied] = useState<number | null>(null);
  if (winner === null || winner.program === null) return null;
  const copy = async (form: Form) => {
    try {
      const text = inForm(form, { ...winner, run }, window.location.origin);
      await navigator.clipboard.writeText(text);
      setCopied(countWords(text));
      setTimeout(() => setCopied(null), SAID_MS);
    } catch (error) {
      toast.failed(error);
    }
  };
  const half = 'inline-flex items-center justify-center hover:opacity-90 focus-visible:outline-offset-[-4px]';
  return (
    <span
      className={
        isDock
          ? 'screen-only fixed inset-x-3 bottom-3 z-20 flex h-12 rounded-[14px] bg-btn font-medium text-btn-ink shadow-pop sm:hidden'
          : 'hidden h-8 rounded-lg bg-btn font-medium text-btn-ink shadow-card sm:inline-flex'
      }
    >
      <button type="button" onClick={() => void copy('text')} className={`${half} flex-1 gap-[7px] whitespace-nowrap px-[11px]`}>
        <Icon name={copied === null ? 'copy' : 'check'} />
        <span aria-live="polite">{copied === null ? words.copy.prompt : words.copy.copied(copied)}</span>
      </button>
      <Menu
        label={<Icon name="chevronDown" />}
        name="Copy in another form"
        align="right"
        isBare
        className={`${half} border-btn-ink/22 border-l ${isDock ? 'w-[52px]' : 'px-2'}`}
      >
        {CHOICES.map(({ form, label, hint }) => (
          <MenuItem key={form} onClick={() => void copy(form)} hint={hint}>
            {label}
          </MenuItem>
        ))}
      </Menu>
    </span>
  );
}

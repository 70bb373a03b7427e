interface FixedBrokeProps {
  fixed: number;
  broke: number;
  /** `+7 −1` for tight places. */
  isShort?: boolean;
  onFixed?: (() => void) | undefined;
  onBroke?: (() => void) | undefined;
}

/** How many examples an edit fixed and broke; each opens its list if the caller says where that is. Zero is grey. */
export function FixedBroke({ fixed, broke, isShort = false, onFixed, onBroke }: FixedBrokeProps) {
  return (
    <span className="numeric whitespace-nowrap font-semibold">
      <Count count={fixed} text={isShort ? `+${fixed}` : `Fixed ${fixed}`} look="text-fixed" onClick={onFixed} />
      <span className="text-edge"> · </span>
      <Count count={broke} text={isShort ? `−${broke}` : `broke ${broke}`} look="text-broke" onClick={onBroke} />
    </span>
  );
}

function Count({ count, text, look, onClick }: { count: number; text: string; look: string; onClick: (() => void) | undefined }) {
  const tone = count === 0 ? 'font-medium text-faint' : look;
  if (onClick === undefined || count === 0) return <span className={tone}>{text}</span>;
  return (
    <button type="button" onClick={onClick} className={`rounded-sm hover:underline ${tone}`}>
      {text}
    </button>
  );
}

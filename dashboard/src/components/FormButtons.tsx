import { Button } from './Button.js';

interface FormButtonsProps {
  /** What the form does, as its button says it. */
  does: string;
  isPending: boolean;
  onCancel: () => void;
}

/** The end of a form in a dialog. */
export function FormButtons({ does, isPending, onCancel }: FormButtonsProps) {
  return (
    <div className="flex justify-end gap-2">
      <Button onClick={onCancel}>Cancel</Button>
      <Button look="primary" submit disabled={isPending}>
        {does}
      </Button>
    </div>
  );
}

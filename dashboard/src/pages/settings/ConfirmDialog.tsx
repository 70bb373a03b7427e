import { type ReactNode, useState } from 'react';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';

interface ConfirmDialogProps {
  open: boolean;
  title: string;
  /** What will be, and cannot be undone. */
  children: ReactNode;
  confirm: string;
  /** Has to be typed before: for what destroys much. */
  typed?: string;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDialog({ open, title, children, confirm, typed, onConfirm, onClose }: ConfirmDialogProps) {
  const [text, setText] = useState('');
  const close = () => {
    setText('');
    onClose();
  };
  return (
    <Dialog open={open} title={title} onClose={close}>
      <form
        className="grid grid-cols-1 gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm();
          close();
        }}
      >
        <div>{children}</div>
        {typed !== undefined && (
          <label className="grid grid-cols-1 gap-1">
            <span>
              Type <b className="font-mono">{typed}</b> to go on
            </span>
            <input value={text} onChange={(event) => setText(event.target.value)} className="field" />
          </label>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button look="danger" submit disabled={typed !== undefined && text !== typed}>
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

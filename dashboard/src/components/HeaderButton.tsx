import { Icon } from './Icon.js';
import { nextOrder, type Order } from './table.js';

interface HeaderButtonProps {
  id: string;
  header: string;
  order: Order | undefined;
  onOrder: (order: Order) => void;
}

/** A column's header that orders by it. */
export function HeaderButton({ id, header, order, onOrder }: HeaderButtonProps) {
  const isCurrent = order?.by === id;
  return (
    <button
      type="button"
      onClick={() => onOrder(nextOrder(id, order))}
      className={`inline-flex items-center gap-0.5 rounded-sm hover:text-ink ${isCurrent ? 'font-medium text-ink' : ''}`}
    >
      {header}
      {isCurrent && <Icon name={order.descending ? 'arrowDown' : 'arrowUp'} className="size-3!" />}
    </button>
  );
}

/** What `aria-sort` says of a column. */
export const sortOf = (id: string, order: Order | undefined): 'ascending' | 'descending' | 'none' =>
  order?.by === id ? (order.descending ? 'descending' : 'ascending') : 'none';

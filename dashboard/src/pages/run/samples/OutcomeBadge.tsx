import { Badge } from '../../../components/Badge.js';

export function OutcomeBadge({ failed }: { failed: boolean }) {
  return (
    <span className="flex">
      <Badge tone={failed ? 'bad' : 'good'} icon={failed ? 'close' : 'check'}>
        {failed ? 'failed' : 'passed'}
      </Badge>
    </span>
  );
}

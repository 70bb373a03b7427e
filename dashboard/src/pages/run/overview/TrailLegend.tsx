import type { Story } from '../../../story/story.js';
import { words } from '../../../strings.js';

/** What the marks stand for. */
export function TrailLegend({ story, note }: { story: Story; note?: string }) {
  const hasRejected = story.proposals.some(({ isAccepted }) => !isAccepted);
  const hasAccepted = story.proposals.some(({ isAccepted }) => isAccepted);
  return (
    <ul aria-label="Legend" className="flex flex-wrap items-center gap-x-3.5 gap-y-1 px-4 pt-1 pb-3.5 text-muted text-xs">
      <Entry look="size-2.5 rounded-full border-[3px] border-trail-fill">{words.outcome.right}</Entry>
      {story.examples.length > 0 && (
        <>
          <Entry look="size-2.5 rounded-xs bg-fixed-fill">{words.outcome.fixed}</Entry>
          <Entry look="size-2.5 rounded-xs bg-broke-fill">{words.outcome.broke}</Entry>
        </>
      )}
      <Entry look="size-2.5 rounded-xs bg-track">{words.outcome.wrong}</Entry>
      {hasAccepted && <Entry look="h-3.5 w-0.5 bg-ink">{words.trail.accepted}</Entry>}
      {hasRejected && <Entry look="h-3.5 w-[1.5px] bg-edge">{words.trail.rejected(story.minibatch, story.unit)}</Entry>}
      {note !== undefined && <li className="ml-auto">{note}</li>}
    </ul>
  );
}

function Entry({ look, children }: { look: string; children: string }) {
  return (
    <li className="flex items-center gap-1.5">
      <span aria-hidden="true" className={look} /> {children}
    </li>
  );
}

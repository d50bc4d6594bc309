import { phone } from "../state/phone.ts";

/** What to do with a plan in which there is nothing. */
export function EmptyPlan({ isDocument = false }: { readonly isDocument?: boolean }) {
  const write = isDocument
    ? "Choose below what to write"
    : phone.matches
      ? "Press + to write"
      : "Double-click to write";
  return (
    <div className="empty-plan" data-testid="empty-plan">
      <h2>Nothing here yet</h2>
      <p>
        {write}
        {/* A phone has no keys. */}
        {phone.matches || (
          <>
            , or press <kbd>A</kbd>
          </>
        )}
        : tasks, decisions, diagrams and more. An agent draws here what it is asked to plan.
      </p>
    </div>
  );
}

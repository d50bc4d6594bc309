/** There is no key to press there, and nothing to double-click with. */
const phone = matchMedia("(max-width: 640px)");

/** What to do with a plan in which there is nothing. */
export function EmptyPlan({ isDocument = false }: { readonly isDocument?: boolean }) {
  return (
    <div className="empty-plan" data-testid="empty-plan">
      <h2>Nothing here yet</h2>
      <p>
        {isDocument ? "Choose below what to write" : phone.matches ? "Press + to write" : "Double-click to write"}
        {!phone.matches && (
          <>
            , or press <kbd>A</kbd> for
          </>
        )}
        {phone.matches && ":"} tasks, decisions, diagrams and more. An agent draws here what it is asked to plan.
      </p>
    </div>
  );
}

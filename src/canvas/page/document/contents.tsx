import { useFlow } from "../state/flow-store.ts";
import { shownType, typeName } from "../../../plans/element-kinds.ts";
import { Icon } from "../elements/icons.tsx";
import { TitleText } from "../elements/title-text.tsx";
import { useGoTo } from "../state/go-to.ts";
import { usePlan } from "../sync/plan-store.ts";

/** What the document has, each a click away. */
export function Contents({ order }: { readonly order: readonly string[] }) {
  const elements = usePlan((state) => state.elements);
  const selected = useFlow(({ nodes }) => nodes.find((node) => node.selected)?.id);
  const goTo = useGoTo();
  if (order.length === 0) return null;
  return (
    <nav className="contents" aria-label="Contents" data-testid="contents">
      <details open={matchMedia("(min-width: 981px)").matches}>
        <summary>{`Contents (${order.length})`}</summary>
        <ol>
          {order.map((id) => {
            const element = elements.get(id);
            if (element === undefined) return null;
            const type = shownType(element.type);
            return (
              <li key={id}>
                <button
                  type="button"
                  data-type={type}
                  aria-current={id === selected ? "location" : undefined}
                  onClick={() => goTo(id)}
                >
                  <Icon name={type} size={14} />
                  <span>
                    <TitleText title={element.title || typeName(element.type)} />
                  </span>
                </button>
              </li>
            );
          })}
        </ol>
      </details>
    </nav>
  );
}

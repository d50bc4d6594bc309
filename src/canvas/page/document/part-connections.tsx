import { useShallow } from "zustand/react/shallow";
import { Icon } from "../elements/icons.tsx";
import { TitleText } from "../elements/title-text.tsx";
import { useGoTo } from "../state/go-to.ts";
import { usePlan } from "../sync/plan-store.ts";

interface PartConnectionsProps {
  readonly id: string;
  readonly numbers: ReadonlyMap<string, number>;
}

/** Where the arrows of an element lead to, and where they come from. */
export function PartConnections({ id, numbers }: PartConnectionsProps) {
  const own = usePlan(
    useShallow(({ plan }) => plan?.connections.filter(({ from, to }) => from === id || to === id) ?? []),
  );
  const elements = usePlan((state) => state.elements);
  const goTo = useGoTo();
  if (own.length === 0) return null;
  return (
    <ul className="part-connections" aria-label="Connections">
      {own.map((connection) => {
        const leaves = connection.from === id;
        const other = leaves ? connection.to : connection.from;
        const title = elements.get(other)?.title || "untitled";
        return (
          <li key={connection.id}>
            <button
              type="button"
              // A click on the card would choose the card that it stands in.
              onClick={(event) => (event.stopPropagation(), goTo(other))}
              data-leaves={leaves || undefined}
            >
              <Icon name="arrow" size={13} />
              <span className="visually-hidden">{leaves ? "leads to" : "comes from"}</span>
              {connection.label ? (
                <em>
                  <TitleText title={connection.label} />
                </em>
              ) : null}
              <span>
                {`${numbers.get(other) ?? "–"}. `}
                <TitleText title={title} />
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

import { useState } from "react";
import type { PlanElement } from "../../../plans/plan.ts";
import { shownType, typeName } from "../../../plans/element-kinds.ts";
import { Icon } from "./icons.tsx";
import { usePlan } from "../sync/plan-store.ts";
import { findElements } from "./find-elements.ts";
import { TitleText } from "./title-text.tsx";
import { visibleText } from "../state/visible-text.ts";

const MOST_SHOWN = 60;

interface ElementListProps {
  readonly label: string;
  readonly choose: (element: PlanElement) => void;
  /** Which of them can be chosen. */
  readonly offers?: (element: PlanElement) => boolean;
}

/** Finds elements by their text; Enter takes the first. */
export function ElementList({ label, choose, offers = () => true }: ElementListProps) {
  const [query, setQuery] = useState("");
  const elements = usePlan((state) => state.plan?.elements) ?? [];
  const found = findElements(elements.filter(offers), query).slice(0, MOST_SHOWN);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (found[0] !== undefined) choose(found[0]);
      }}
    >
      <input
        className="field"
        type="search"
        aria-label={label}
        placeholder={`${label}…`}
        data-testid="element-search"
        data-first-focus
        value={query}
        onChange={({ target }) => setQuery(target.value)}
      />
      <ul className="element-list" aria-label="Elements">
        {found.map((element) => (
          <li key={element.id}>
            <button
              type="button"
              className="element-choice"
              data-type={shownType(element.type)}
              data-testid={`choose-${element.id}`}
              onClick={() => choose(element)}
            >
              <Icon name={shownType(element.type)} />
              <span>
                <TitleText title={element.title || "untitled"} />
              </span>
              <small>{visibleText(typeName(element.type))}</small>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="dialog-text">No element says that.</p>}
    </form>
  );
}

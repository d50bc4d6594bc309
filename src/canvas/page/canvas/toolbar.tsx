import { useRef, type KeyboardEvent } from "react";
import { ELEMENT_TYPES, hasPicture, typeName, type ElementType } from "../../../plans/element-kinds.ts";
import { ToolButton } from "../elements/tool-button.tsx";
import { usePage } from "../state/page-state.ts";
import { addElement, addImage, startComment } from "./actions.ts";
import type { Point } from "./edge-geometry.ts";

interface ToolbarProps {
  /** Where what is added goes. */
  readonly place: () => Point;
  readonly direction: "vertical" | "horizontal";
}

/** What can be added. One stop for the Tab key; the arrow keys go on from there. */
export function Toolbar({ place, direction }: ToolbarProps) {
  const placing = usePage((page) => page.placingComment);
  const picker = useRef<HTMLInputElement>(null);
  const add = (type: ElementType) => {
    if (hasPicture({ type })) picker.current?.click();
    else addElement(type, place());
  };
  return (
    <div
      className="toolbar"
      role="toolbar"
      aria-label="Add to the plan"
      aria-orientation={direction}
      onKeyDown={moveFocus}
    >
      {ELEMENT_TYPES.map((type, index) => (
        <ToolButton
          key={type}
          icon={type}
          label={`Add: ${typeName(type)}`}
          tip={typeName(type)}
          data-type={type}
          data-testid={`add-${type}`}
          tabIndex={index === 0 ? 0 : -1}
          onClick={() => add(type)}
        >
          <span className="tool-name">{typeName(type)}</span>
        </ToolButton>
      ))}
      <span className="toolbar-gap" />
      <ToolButton
        icon="comment"
        label="Comment"
        tip="Comment (C)"
        data-testid="add-comment"
        aria-pressed={placing}
        tabIndex={-1}
        onClick={startComment}
      />
      <input
        ref={picker}
        type="file"
        accept="image/*"
        hidden
        data-testid="image-file"
        onChange={({ target }) => {
          const file = target.files?.[0];
          if (file !== undefined) void addImage(file, place());
          target.value = "";
        }}
      />
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const tools = [...event.currentTarget.querySelectorAll<HTMLElement>(".tool")];
  const now = tools.findIndex((tool) => tool === document.activeElement);
  tools.at((now + step) % tools.length)?.focus();
}

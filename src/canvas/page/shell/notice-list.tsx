import { useEffect, useRef } from "react";
import type { ConnectionChanges, ElementChanges, Operation } from "../../../plans/operations.ts";
import { Icon } from "../elements/icons.tsx";
import type { NoticeContent } from "../sync/describe-refusal.ts";
import { newId } from "../sync/new-id.ts";
import { edit } from "../sync/plan-session.ts";
import { dismissNotice, useNotices, type Notice } from "../sync/notices.ts";
import { freePlace } from "../canvas/free-place.ts";
import { usePlan } from "../sync/plan-store.ts";
import { isLost } from "../elements/keep-focus.ts";
import { TitleText } from "../elements/title-text.tsx";
import { useMiddle } from "../state/use-middle.ts";
import { visibleText } from "../state/visible-text.ts";

type Of<Kind extends NoticeContent["kind"]> = Extract<NoticeContent, { kind: Kind }>;

/** What the person has to know or to choose. */
export function NoticeList() {
  const notices = useNotices((state) => state.notices);
  return (
    <div className="notices" aria-live="polite">
      {notices.map((notice) => (
        <NoticeView key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function NoticeView({ notice }: { readonly notice: Notice }) {
  const { id, content } = notice;
  // Where the person came from; once it is dismissed they are there again.
  const before = useRef<Element | null>(null);
  useEffect(() => () => void (isLost() && before.current instanceof HTMLElement && before.current.focus()), []);
  return (
    <div
      className="notice"
      data-kind={content.kind}
      data-testid={`notice-${content.kind}`}
      onFocus={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) before.current = relatedTarget;
      }}
    >
      <NoticeBody notice={notice} />
      <button
        type="button"
        className="button button-quiet button-icon notice-close"
        aria-label="Dismiss"
        onClick={() => dismissNotice(id)}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}

function NoticeBody({ notice: { id, content } }: { readonly notice: Notice }) {
  switch (content.kind) {
    case "conflict":
      return <Conflict id={id} content={content} />;
    case "lost":
      return <Lost id={id} content={content} />;
    case "failure":
      return (
        <div>
          <p>{content.message}</p>
          {content.operations !== undefined && (
            <details>
              <summary>What was not saved</summary>
              <pre>{JSON.stringify(content.operations, null, 2).slice(0, 20_000)}</pre>
            </details>
          )}
        </div>
      );
    case "info":
      return <p>{content.message}</p>;
  }
}

function Conflict({ id, content }: { readonly id: number; readonly content: Of<"conflict"> }) {
  const keepMine = () => {
    edit([withMine(content)]);
    dismissNotice(id);
  };
  return (
    <div>
      <p>
        <strong>
          <TitleText title={content.title || "A text"} />
        </strong>{" "}
        was changed by somebody else while you were writing. Which text stays?
      </p>
      <div className="versions">
        <Version name="Yours" texts={content.mine} />
        <Version name="Theirs" texts={content.theirs} />
      </div>
      <div className="notice-buttons">
        <button type="button" className="button button-primary" data-testid="keep-mine" onClick={keepMine}>
          Keep mine
        </button>
        <button type="button" className="button" data-testid="take-theirs" onClick={() => dismissNotice(id)}>
          Take theirs
        </button>
      </div>
    </div>
  );
}

function withMine(content: Of<"conflict">): Operation {
  if (content.what === "plan") return { op: "set_title", ...content.mine, base: content.theirs };
  const changes: ElementChanges & ConnectionChanges = content.mine;
  const op = content.what === "element" ? "update_element" : "update_connection";
  return { op, id: content.id, changes, base: content.theirs };
}

function Version({ name, texts }: { readonly name: string; readonly texts: Readonly<Record<string, string>> }) {
  return (
    <figure>
      <figcaption>{name}</figcaption>
      <pre tabIndex={0}>{visibleText(Object.values(texts).join("\n\n"))}</pre>
    </figure>
  );
}

function Lost({ id, content }: { readonly id: number; readonly content: Of<"lost"> }) {
  const middle = useMiddle();
  const addAgain = () => {
    const { element } = content;
    const place = freePlace(middle(), element, usePlan.getState().plan?.elements ?? []);
    edit([{ op: "add_element", element: { ...element, ...place, id: newId("el") } }]);
    dismissNotice(id);
  };
  return (
    <div>
      <p>
        <strong>
          <TitleText title={content.title || "The element"} />
        </strong>{" "}
        was deleted while you were writing. Your text is here:
      </p>
      <pre tabIndex={0}>{[content.element.title, content.element.content].filter(Boolean).join("\n\n")}</pre>
      <div className="notice-buttons">
        <button type="button" className="button button-primary" data-testid="add-again" onClick={addAgain}>
          Add it again
        </button>
      </div>
    </div>
  );
}

import { ReactFlowProvider } from "@xyflow/react";
import { useEffect } from "react";
import { ConnectDialog } from "./canvas/connect-dialog.tsx";
import { ContextMenu } from "./canvas/context-menu.tsx";
import { SectionDialog } from "./canvas/section-dialog.tsx";
import { FindDialog } from "./canvas/find-dialog.tsx";
import { Keyboard } from "./canvas/keyboard.tsx";
import { PlanCanvas } from "./canvas/plan-canvas.tsx";
import { CommentsPanel } from "./comments/comments-panel.tsx";
import { PlanDocument } from "./document/plan-document.tsx";
import { AgentsBar } from "./review/agents-bar.tsx";
import { ChangesBar } from "./review/changes-bar.tsx";
import { DecideDialog } from "./review/decide-dialog.tsx";
import { HistoryPanel } from "./review/history-panel.tsx";
import { PastBar } from "./review/past-bar.tsx";
import { ConnectionBanner } from "./shell/connection-banner.tsx";
import { Header } from "./shell/header.tsx";
import { LargeDialog } from "./elements/large-dialog.tsx";
import { TextSelectionBar } from "./elements/text-selection-bar.tsx";
import { HelpDialog } from "./shell/help-dialog.tsx";
import { NoticeList } from "./shell/notice-list.tsx";
import { usePage } from "./state/page-state.ts";
import { useView, type View } from "./state/view.ts";
import { usePlan } from "./sync/plan-store.ts";
import { titleWords } from "./state/title-words.ts";

/** The page. */
export function App() {
  const view = useView((state) => state.view);
  const printing = useView((state) => state.printing);
  const commentsOpen = usePage((page) => page.commentsOpen);
  const historyOpen = usePage((page) => page.historyOpen);
  usePageTitle();
  return (
    <ReactFlowProvider>
      <div className="app">
        <Header />
        <ConnectionBanner />
        <ChangesBar />
        <PastBar />
        <AgentsBar />
        <div className="work">
          <PlanView view={printing ? "document" : view} />
          {commentsOpen && <CommentsPanel />}
          {historyOpen && <HistoryPanel />}
        </div>
        <NoticeList />
      </div>
      <OpenDialog />
      {view !== null && <Keyboard />}
      <TextSelectionBar />
      <ContextMenu />
    </ReactFlowProvider>
  );
}

function PlanView({ view }: { readonly view: View | null }) {
  switch (view) {
    case "canvas":
      return <PlanCanvas />;
    case "document":
      return <PlanDocument />;
    case null:
      return <main className="loading" aria-busy="true" aria-label="Plan" />;
  }
}

function OpenDialog() {
  const dialog = usePage((page) => page.dialog);
  if (dialog === null) return null;
  switch (dialog.kind) {
    case "help":
      return <HelpDialog />;
    case "find":
      return <FindDialog />;
    case "connect":
      return <ConnectDialog from={dialog.from} />;
    case "section":
      return <SectionDialog ids={dialog.ids} />;
    case "large":
      return <LargeDialog id={dialog.id} />;
    case "decide":
      return <DecideDialog choice={dialog.choice} />;
  }
}

/** The tab says whether the agent waits. */
function usePageTitle(): void {
  const title = usePlan(({ plan }) => plan?.title ?? "Plan");
  const waits = usePlan(({ stored }) => stored?.meta.review.state === "open");
  useEffect(() => {
    document.title = `${waits ? "● " : ""}${titleWords(title)}`;
  }, [title, waits]);
}
